import type { OutsideWorld } from '../compose/world.ts'
import type { Context } from '../context.ts'
import type { EpochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Environment, Plan } from '../core/plan.ts'
import { plural } from '../core/quantity.ts'
import type { LaunchState } from '../core/state.ts'
import { lastDriven } from '../core/unattended.ts'
import type { Spooled } from '../journal/spool.ts'
import { flagChanges } from '../report/flag-changes.ts'
import type { StatusView } from '../ui/status.ts'
import type { Command } from './command.ts'
import { seeFlag } from './flag-reading.ts'
import { mustHaveWorld } from './launch-for.ts'
import { readLaunch } from './open-launch.ts'
import { linesFor } from './say.ts'
import { unattendedLines } from './unattended-line.ts'

/** A health path that has not answered by then (real ms) is shown as bad. */
const healthMs = 5000

export const status: Command = {
  name: 'status',
  group: 'look',
  about: 'one screen: release, flag (one plain `flag …` line), health, the launch and what acts next',
  examples: [
    ['launch status', 'exit 0 whatever it shows; 6 where the launches, or all of it, cannot be read'],
    ['launch status | grep ^flag', 'flag status-board-v2 30% serial … not latched'],
  ],
  run: async (context) => {
    const { plan } = await context.project()
    const environment = environmentOf(plan, context.options.env)
    await mustHaveWorld(context)
    const world = await context.world(plan, { driver: false })
    const [seen, waiting] = await Promise.all([
      look(context, world, plan, environment),
      import('./flush-spool.ts').then(({ waitingFor }) => waitingFor(context, plan.app)),
    ])
    const [{ statusEnvelope, statusLines }, { exitCodes }] = await Promise.all([
      import('../ui/status.ts'),
      import('../core/exit-code.ts'),
    ])
    const { env } = context.options
    const error = seen.launchError
    const outcome = error?.outcome ?? 'succeeded'
    const input = { command: 'status', env, sandbox: context.isSandbox, outcome, exitCode: exitCodes[outcome], error }
    return {
      outcome,
      ...(error && { why: error.message, error }),
      text: linesFor(context, [
        ...statusLines(seen, context.output.out.theme),
        ...seen.alone,
        ...spooledLines(waiting),
      ]),
      document: {
        ...statusEnvelope(input, seen),
        spooled: waiting.map(({ id, at, location }) => ({ id, at, location })),
      },
    }
  },
}

/** What was done from this machine and the journal does not know of. */
function spooledLines(waiting: readonly Spooled[]): readonly string[] {
  if (waiting.length === 0) return []
  const rollbacks = waiting.filter((one) => one.schema === 1 || one.happening.type === 'rolled-back').length
  const what = rollbacks > 0 ? `${plural(rollbacks, 'rollback')} done` : `${plural(waiting.length, 'verdict')} given`
  return ['', `NOT YET JOURNALED: ${what} from this machine; launch journal flush`]
}

/** `alone`: lines about a canary that nobody drives. `launchError`: why the launches cannot be read, which is not that there are none. */
type Seen = StatusView & { readonly alone: readonly string[]; readonly launchError: LaunchError | null }

/** What can be seen of an environment. Throws the first reason when nothing of it can. */
async function look(context: Context, world: OutsideWorld, plan: Plan, environment: Environment): Promise<Seen> {
  const { signal } = context
  const [{ readCurrent }, { unresolvedSteps }] = await Promise.all([
    import('../steps/releases.ts'),
    import('./unresolved-steps.ts'),
  ])
  const [flag, current, health, launch] = await Promise.all([
    seeFlag(world, environment.name, signal),
    tried(readCurrent(world.objects(environment.name), signal)),
    Promise.all(environment.health.map((path) => healthOf(world, `${environment.url}${path}`, signal))),
    tried(launchNow(context, plan)),
  ])
  signal.throwIfAborted()
  const nothingSeen =
    flag.status === 'unreadable' && !current.ok && !launch.ok && health.every((one) => one.status === null)
  if (nothingSeen) throw flag.error
  // The screen has no place for this reason, and "unknown" alone would hide it.
  if (!current.ok) context.output.err.write(`the release cannot be read: ${messageOf(current.error)}\n`)
  const release = current.ok ? current.value?.current : undefined
  const open = launch.ok ? launch.value : null
  return {
    env: environment.name,
    now: world.clock.now(),
    release: { current: release?.release ?? null, previous: release?.previous ?? null },
    flagKey: plan.flag.key,
    flag,
    launch: open && {
      ...open,
      driver: lastDriven(open.events) ?? open.state.last,
      changes: flagChanges(open.events),
      unresolved: unresolvedSteps(open),
    },
    unknown: {
      ...(!current.ok && { release: messageOf(current.error) }),
      ...(!launch.ok && { launch: messageOf(launch.error) }),
    },
    launchError: launch.ok ? null : unread(launch.error),
    alone: open ? aloneLines(open, world.clock.now()) : [],
    health,
  }
}

/** What is stored and cannot be understood does not hold together. */
function unread(error: unknown): LaunchError {
  const { code, hint } = error instanceof LaunchError ? error : new LaunchError('JOURNAL_CORRUPT', '')
  return new LaunchError(code, `the launches cannot be read: ${messageOf(error)}`, { hint, cause: error })
}

type LaunchNow = {
  readonly plan: Plan
  readonly state: LaunchState
  readonly events: readonly LaunchEvent[]
}

async function launchNow(context: Context, plan: Plan): Promise<LaunchNow | null> {
  const opened = await (await context.launches(plan)).current(context.signal)
  if (!opened) return null
  const state = await readLaunch(opened, context.signal)
  return { plan: opened.plan, state, events: await opened.log.read(context.signal) }
}

function aloneLines({ plan, state, events }: LaunchNow, now: EpochMs): readonly string[] {
  const lines = unattendedLines(plan, state, events, now)
  return lines.length === 0 ? [] : ['', ...lines]
}

async function healthOf(world: OutsideWorld, url: string, signal: AbortSignal): Promise<StatusView['health'][number]> {
  try {
    const { status, ms } = await world.http.get(url, { timeoutMs: healthMs }, signal)
    return { url, ok: status === 200, status, detail: `${status} in ${Math.round(ms)}ms` }
  } catch (error) {
    signal.throwIfAborted()
    // The address stands before it.
    return { url, ok: false, status: null, detail: messageOf(error).replace(`${url}: `, '') }
  }
}

type Tried<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: unknown }

async function tried<T>(work: Promise<T>): Promise<Tried<T>> {
  return work.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => ({ ok: false, error }),
  )
}
