import type { Context } from '../context.ts'
import { isoTime } from '../core/brand.ts'
import { messageOf } from '../core/errors.ts'
import type { FlagState } from '../core/flag.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import { unattended, type Unattended } from '../core/unattended.ts'
import { formatDuration } from '../core/units.ts'
import type { OpenedLaunch } from '../journal/launches.ts'
import type { Command, CommandResult } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { linesFor } from './say.ts'

export const reap: Command = {
  name: 'reap',
  group: 'on call',
  about:
    'for a scheduler: roll back a canary that nobody has driven for maxUnattended (15m), or whose abort nobody carries out, exit 4; exit 0 when there is none',
  examples: [
    ['launch reap', 'every five minutes, from any machine with the run sheet and the rights of the emergency role'],
    ['launch reap --dry-run', 'says what it would do'],
  ],
  run: async (context) => {
    const { plan } = await context.project()
    await mustHaveWorld(context)
    await context.world(plan)
    await (await import('./flush-spool.ts')).flushQuietly(context)
    const opened = await (await context.launches(plan)).current(context.signal)
    const state = opened && fold(await opened.log.read(context.signal))
    if (!opened || !state) return saw(context, `no launch of ${plan.app} is open`)
    return look(context, opened, state)
  },
}

async function look(context: Context, opened: OpenedLaunch, state: LaunchState): Promise<CommandResult> {
  const { signal } = context
  const world = await context.world(opened.plan)
  const now = world.clock.now()
  if (state.rollingBack) {
    const { at } = state.last
    const begun = `the rollback of launch ${state.id}, begun at ${isoTime(state.rollingBack.at)}`
    if (now - at < finishAfterMs) return saw(context, `${begun}, is under way`)
    return context.options.dryRun ? saw(context, `would finish ${begun}`) : finish(context)
  }
  const found = unattended(opened.plan, state, await opened.log.read(signal), now)
  if (!found) return saw(context, nothingUnattended(state))
  const flag = await productionFlag(context, opened)
  if (flag && flag.launch !== state.id && !flag.latched && flag.launch !== null)
    return saw(context, `the flag is driven by launch ${flag.launch} now, not by the open one (${state.id})`)
  const where = `the canary of launch ${state.id} at ${found.percent} %`
  if (!found.overdue) {
    const left = formatDuration(found.until - now)
    const last = found.aborted ? 'is to be aborted, asked for at' : 'was last driven at'
    return saw(context, `${where} ${last} ${isoTime(found.since)} by ${found.by}; ${left} until it is unattended`)
  }
  if (context.options.dryRun) return saw(context, `would roll back ${where}, unattended since ${isoTime(found.since)}`)
  // A latch is there already: the launch only has to learn of it.
  return flag?.latched === true || (await begin(opened, found, signal))
    ? finish(context)
    : saw(context, `${where} is driven again: somebody wrote into its journal just now`)
}

/** A rollback that was begun takes seconds; one that is silent for this long lost its process. */
const finishAfterMs = 2 * 60_000

/** The intent, right behind what was read: when anybody wrote meanwhile the canary is not unattended. */
async function begin({ log }: OpenedLaunch, found: Unattended, signal: AbortSignal): Promise<boolean> {
  const { percent, since, by } = found
  const reason = found.aborted
    ? `abort asked for by ${by} at ${isoTime(since)} at ${percent} %, and carried out by nobody`
    : `unattended since ${isoTime(since)} at ${percent} %, last driven by ${by}`
  const appended = await log.append(
    { type: 'rollback-intended', kind: 'emergency', reason, trigger: 'unattended' },
    signal,
  )
  return appended.status === 'appended'
}

/** Drives the launch: a rollback that was begun, or a latch, goes before everything else in it. */
async function finish(context: Context): Promise<CommandResult> {
  const { drive } = await import('./drive.ts')
  return drive(context, { command: 'reap', launch: 'current', goal: () => ({ type: 'all' }) })
}

/** Null when it is not there or cannot be read: a rollback does not depend on it. */
async function productionFlag(context: Context, opened: OpenedLaunch): Promise<FlagState | null> {
  try {
    const reading = await (await context.world(opened.plan)).flag('production').read(context.signal)
    return reading.status === 'present' ? reading.flag : null
  } catch (error) {
    context.signal.throwIfAborted()
    context.output.err.write(`  the flag cannot be read: ${messageOf(error)}\n`)
    return null
  }
}

function nothingUnattended(state: LaunchState): string {
  if (state.ended) return `launch ${state.id} has ended: ${state.ended.outcome}`
  if (state.leftHeld) {
    const { by, at, why } = state.leftHeld
    return `the canary of launch ${state.id} was left on purpose at ${isoTime(at)} by ${by}: ${why}`
  }
  if (state.rollbacks.length > 0 || state.found) return `launch ${state.id} is rolled back already`
  return `launch ${state.id} has no canary under way`
}

function saw(context: Context, what: string): CommandResult {
  return { outcome: 'succeeded', text: linesFor(context, [what]), document: { reaped: false, saw: what } }
}
