import { hostname, userInfo } from 'node:os'
import type { EmergencyPorts } from '../compose/emergency.ts'
import type { Context } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import type { RollbackResult } from '../core/event.ts'
import { watchAfterwards, watchOptions } from './after-rollback.ts'
import { breakGlass } from './break-glass.ts'
import { text, type Command } from './command.ts'
import { addressOf } from './flag-place.ts'
import { rollbackTarget, type RollbackTarget } from './rollback-target.ts'
import { tell } from './rollback-told.ts'
import { aboutTypedPlace, lookBefore } from './typed-place.ts'

/** After this long without an acknowledged write, the way by hand is printed. */
const breakGlassMs = 10_000

export const rollbackEmergency: Command = {
  name: 'rollback emergency',
  group: 'on call',
  about:
    'turn the flag off for everybody, now: no lock, no gate, no question, whoever drives; it stays off until it is acknowledged',
  options: [
    ['--reason <text>', 'why; read by everybody who sees the flag is off'],
    [
      '--flag <s3-url>',
      'the flag document, when there is no run sheet: s3://bucket/flags/name.json (LAUNCH_FLAG); exit 5 when there was none before, so that the key may be wrong',
    ],
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
    [
      'launch rollback emergency --dry-run',
      'which document would be turned off, and how it stands; nothing is written',
    ],
  ],
  run: async (context, _args, options) => {
    const target = await rollbackTarget(context, text(options, 'flag'), text(options, 'region'))
    if (context.options.dryRun) return (await import('./rollback-dry.ts')).emergencyDry(context, target)
    const done = await turnOff(context, target, text(options, 'reason') ?? 'no reason given')
    const { afterEmergency } = await import('./after-emergency.ts')
    return watchAfterwards(context, options, await afterEmergency(context, options, target, done))
  },
}

export type TurnedOff = {
  readonly result: RollbackResult
  readonly writeId: string
  readonly at: EpochMs
  readonly ports: EmergencyPorts
  /** There was certainly no document at the place that was typed. */
  readonly wasEmpty: boolean
}

async function turnOff(context: Context, target: RollbackTarget, reason: string): Promise<TurnedOff> {
  const [{ rollBack }, ports] = await Promise.all([import('../engine/rollback.ts'), context.emergency(target)])
  const { err } = context.output
  const startedMs = ports.clock.monotonicMs()
  // Of a place that was typed nothing else is known to be right.
  const teller = tell(err, target.typed === 'alone' ? addressOf(target) : target.flagKey)
  let told = false
  // Git or STS would say it better, and would cost time before the write; the journal gets the better name afterwards.
  const by = context.env['LAUNCH_ACTOR'] ?? context.env['GITHUB_ACTOR'] ?? `${machineUser()}@${hostname()}`
  const wasEmpty = target.typed === 'alone' ? await lookBefore(ports, context.signal) : () => false
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
  ).catch((error: unknown) => {
    throw aboutTypedPlace(error, target)
  })
  const at = ports.clock.now()
  const result = await identified(done.result, (signal) => ports.signedBy(by, signal))
  return { ...done, result, at, ports, wasEmpty: wasEmpty() }
}

/** The result with whom AWS takes its author for. Nothing about that, Ctrl-C included, may lose the result. */
export async function identified(
  result: RollbackResult,
  signer: (signal: AbortSignal) => Promise<string>,
): Promise<RollbackResult> {
  const by = await signer(new AbortController().signal).catch(() => result.by)
  return { ...result, by }
}

function machineUser(): string {
  try {
    return userInfo().username
  } catch {
    return 'on call' // a container's user may have no name
  }
}
