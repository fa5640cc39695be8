import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-code.ts'
import type { LaunchEvent } from '../core/event.ts'
import { reduce } from '../core/reduce.ts'
import { startState, type LaunchState } from '../core/state.ts'
import { plannedStages } from '../core/unattended.ts'
import type { Plan } from '../core/plan.ts'
import type { CommandResult } from './command.ts'
import { makeReporter } from './make-reporter.ts'
import { openLaunch } from './open-launch.ts'
import { signalOf } from './signal-stop.ts'

/** How often the journal is asked for news, real ms. */
const pollMs = 1000
/** How often it is asked whether another launch was opened over this one, in polls. */
const openEvery = 10
/** How long a journal that does not answer is asked again, in polls. */
const patience = 600

/** Follows the launch that another process drives, from its journal alone, until its canary or itself is over. */
export async function followLaunch(context: Context): Promise<CommandResult> {
  const { signal, options } = context
  const end = await follow(context).catch((error: unknown) => {
    throw signal.aborted && error instanceof LaunchError ? watchEnded(error) : error
  })
  return options.jsonl ? { ...end, text: '' } : end
}

/** The same stop, said of the watch: the launch it looked at goes on. */
function watchEnded(error: LaunchError): LaunchError {
  const ended = new LaunchError('STOPPED', 'the watch was ended', {
    hint: 'the launch goes on without it',
    cause: error,
  })
  return Object.assign(ended, { signalName: signalOf(error) })
}

async function follow(context: Context): Promise<CommandResult> {
  const { signal } = context
  const { plan } = await context.project()
  const world = await context.world(plan, { driver: false })
  const opened = await openLaunch(context, { launch: 'current', looksOnly: true })
  const now = () => world.clock.now()
  const reporter = await makeReporter(context, opened.plan, { now })
  let state: LaunchState | null = null
  let told = 0
  for (let poll = 0, silent = 0; ; poll += 1) {
    const events = await readOrNull(() => opened.log.read(signal), signal, (silent += 1))
    if (events) silent = 0
    else reporter.onProgress('the journal cannot be read just now; it is asked again', now())
    for (const event of events?.slice(told) ?? []) {
      state = next(state, event)
      if (state) reporter.onEvent(event, state)
    }
    told = events?.length ?? told
    const end = state && ended(opened.plan, state)
    if (end) {
      reporter.onLast?.()
      return end
    }
    const isOpen = poll % openEvery !== openEvery - 1 || (await readOrNull(() => opened.log.isOpen(signal), signal, 0))
    if (isOpen === false) {
      reporter.onLast?.()
      return { outcome: 'superseded', why: `another launch of ${plan.app} was opened over this one` }
    }
    await world.wait(pollMs, signal)
  }
}

function next(state: LaunchState | null, event: LaunchEvent): LaunchState | null {
  return event.type === 'launch-opened' ? startState(event) : state && reduce(state, event)
}

function ended(plan: Plan, state: LaunchState): CommandResult | null {
  if (state.ended) {
    const { outcome, why } = state.ended
    return { outcome, why, text: '', document: { launch: state.id, exitCode: exitCodes[outcome] } }
  }
  if (!isThrough(plan, state)) return null
  return { outcome: 'succeeded', text: 'every stage of the canary is left behind', document: { launch: state.id } }
}

function isThrough(plan: Plan, state: LaunchState): boolean {
  const canary = plan.phases.flatMap((phase) => phase.steps).find((step) => plannedStages(step).length > 0)
  const stages = canary ? (state.stages[canary.id] ?? []) : []
  const planned = canary ? plannedStages(canary).length : 0
  return planned > 0 && stages.length === planned && stages.every((stage) => stage.status === 'left')
}

/** A service that does not answer for a moment does not end a watch. Throws everything else, and that once it lasts. */
async function readOrNull<T>(read: () => Promise<T>, signal: AbortSignal, silent: number): Promise<T | null> {
  return read().catch((error: unknown) => {
    const isTrouble = error instanceof LaunchError && error.outcome === 'unavailable'
    if (signal.aborted || !isTrouble || silent > patience) throw error
    return null
  })
}
