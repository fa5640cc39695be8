import { hostname, userInfo } from 'node:os'
import type { Context } from '../context.ts'
import { isoTime, type EpochMs } from '../core/brand.ts'
import { messageOf } from '../core/errors.ts'
import type { RollbackResult } from '../core/event.ts'
import type { RollbackRequest } from '../engine/rollback.ts'
import type { Output } from '../compose/output.ts'
import { rollbackOf } from '../ui/envelope.ts'
import { watchAfterwards, watchOptions } from './after-rollback.ts'
import { text, type Command, type CommandResult } from './command.ts'
import { rollbackTarget, type RollbackTarget } from './rollback-target.ts'

/** After this long without an acknowledged write, the way by hand is printed. */
const breakGlassMs = 10_000

export const rollbackEmergency: Command = {
  name: 'rollback emergency',
  group: 'on call',
  about:
    'turn the flag off for everybody, now: no lock, no gate, no question, whoever drives; it stays off until it is acknowledged',
  options: [
    ['--reason <text>', 'why; read by everybody who sees the flag is off'],
    ['--flag <s3-url>', 'the flag document, when there is no run sheet: s3://bucket/flags/name.json (LAUNCH_FLAG)'],
    ['--region <name>', 'the region of its bucket'],
    ...watchOptions,
  ],
  examples: [
    ['launch rollback emergency --reason "SLO breach detected"', 'with a run sheet, in whatever condition it is'],
    [
      'launch rollback emergency --flag s3://sb-prod/flags/status-board-v2.json --region us-east-1',
      'from any machine, without one',
    ],
    [
      'launch rollback emergency --state s3://statusboard-launches --app statusboard',
      'without one, from where launches are remembered',
    ],
  ],
  run: async (context, _args, options) => {
    const target = await rollbackTarget(context, text(options, 'flag'), text(options, 'region'))
    const reason = text(options, 'reason') ?? 'no reason given'
    const { result, writeId, at, location } = await turnOff(context, target, reason)
    const { journalRollback } = await import('./journal-rollback.ts')
    const { app, state, region } = target
    const journaled = await journalRollback(context, { result, writeId, at, app, location, state, region })
    const { tellPeopleOfOpen } = await import('./tell-people.ts')
    if (journaled) await tellPeopleOfOpen(context)
    return watchAfterwards(context, options, rollbackResult(result, journaled, context.spoolFolder))
  },
}

type TurnedOff = {
  readonly result: RollbackResult
  readonly writeId: string
  readonly at: EpochMs
  readonly location: string
}

async function turnOff(context: Context, target: RollbackTarget, reason: string): Promise<TurnedOff> {
  const [{ rollBack }, ports] = await Promise.all([import('../engine/rollback.ts'), context.emergency(target)])
  const { err } = context.output
  const startedMs = ports.clock.monotonicMs()
  const teller = tell(err, target.flagKey)
  let told = false
  // Git or STS would say it better, and would cost time before the write; the journal gets the better name afterwards.
  const by = context.env['LAUNCH_ACTOR'] ?? context.env['GITHUB_ACTOR'] ?? `${machineUser()}@${hostname()}`
  const done = await rollBack(
    {
      kind: 'emergency',
      reason,
      by,
      launch: null,
      flagKey: target.flagKey,
      target: { to: null, awayFrom: null },
      ...teller,
      onTrouble: (error, attempt) => {
        teller.onTrouble(error, attempt)
        if (!told && ports.clock.monotonicMs() - startedMs > breakGlassMs) {
          told = true
          breakGlass(target, reason, ports.clock.now(), err)
        }
      },
    },
    { flag: ports.flag, clock: ports.clock, random: ports.random, wait: ports.wait, site: null },
    context.signal,
  )
  const at = ports.clock.now()
  return {
    ...done,
    at,
    location: ports.flag.location,
    result: await identified(done.result, (signal) => ports.signedBy(by, signal)),
  }
}

/** The result with whom AWS takes its author for. Nothing about that, Ctrl-C included, may lose the result. */
export async function identified(
  result: RollbackResult,
  signer: (signal: AbortSignal) => Promise<string>,
): Promise<RollbackResult> {
  const by = await signer(new AbortController().signal).catch(() => result.by)
  return { ...result, by }
}

/** What is said of a rollback while it goes on. */
export function tell(err: Output['err'], flagKey: string): Required<Pick<RollbackRequest, 'onLatched' | 'onTrouble'>> {
  return {
    onLatched: ({ ackedMs, readBackMs }) =>
      err.write(
        `${err.theme.icons.rollback} ${flagKey} is off and latched: acknowledged after ${Math.round(ackedMs)} ms, read back after ${Math.round(readBackMs)} ms\n`,
      ),
    onTrouble: (error, attempt) => err.write(`  attempt ${attempt}: ${messageOf(error)}; trying again\n`),
  }
}

function machineUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'on call' // a container's user may have no name
  }
}

/** The same write by hand, for when this machine cannot do it. */
function breakGlass(target: RollbackTarget, reason: string, now: EpochMs, err: Output['err']): void {
  const document = JSON.stringify({
    flags: { [target.flagKey]: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off' } },
    launch: {
      launch: null,
      percent: 0,
      serial: now,
      writeId: 'by-hand',
      latch: true,
      acks: [],
      updatedAt: isoTime(now),
      updatedBy: 'by hand',
      reason,
    },
  })
  if (target.store !== undefined) {
    err.write(`  By hand: turn ${target.flagKey} off in ${target.store['kind']} now, with its own switch or console\n`)
    return
  }
  err.write(
    `  By hand, from a machine that reaches AWS:\n    echo '${document}' > off.json\n    aws s3api put-object --bucket ${target.bucket} --key ${target.key} --body off.json --content-type application/json --cache-control 'max-age=5, s-maxage=5' --region ${target.region}\n`,
  )
}

export function rollbackResult(result: RollbackResult, journaled: boolean, spool: string): CommandResult {
  const edge =
    result.edgeMs === null ? 'not yet seen at the edge' : `users see it after ${Math.round(result.edgeMs)} ms`
  const lines = [
    `rollback ${result.kind}: ${result.outcome}; ${result.detail}`,
    `acknowledged after ${result.ackedMs} ms, read back after ${result.readBackMs} ms, ${edge}`,
    `by ${result.by}: ${result.reason}`,
    ...(journaled
      ? []
      : [
          `NOT YET JOURNALED: the record waits on this machine, below ${spool}`,
          'once the state can be reached: launch journal flush',
        ]),
    'next: launch rollback validate, then launch monitor 600',
  ]
  const failed = result.outcome === 'failed'
  return {
    outcome: failed ? 'failed' : 'succeeded',
    ...(failed ? { why: result.detail } : {}),
    text: lines.join('\n'),
    document: { rollbacks: [rollbackOf(result, journaled)] },
  }
}
