import type { Context } from '../context.ts'
import { epochMs, type EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { exitCodes } from '../core/exit-code.ts'
import { reduce } from '../core/reduce.ts'
import { startState, type LaunchState } from '../core/state.ts'
import type { CommandResult } from './command.ts'
import { viewLaunch } from './launch-for.ts'
import { makeReporter } from './make-reporter.ts'

/** How often the clock of a replay is moved on while nothing happens, real ms. */
const frameMs = 100

/**
 * Plays the journal of a launch again, so many times as fast as it was. Where nothing is redrawn it is told at once. The last
 * frame is the one that whoever drove it saw last.
 */
export async function replayLaunch(context: Context, launch: string, speed: number): Promise<CommandResult> {
  const { signal } = context
  const { plan, events, state: last, world } = await viewLaunch(context, launch)
  let now: EpochMs = events[0]?.at ?? epochMs(0)
  const reporter = await makeReporter(context, plan, { now: () => now })
  const isPaced = (await context.liveWindow()) !== null
  let state: LaunchState | null = null
  for (const event of events) {
    while (isPaced && now < event.at) {
      await world.wait(Math.min(frameMs, (event.at - now) / speed), signal)
      now = epochMs(Math.min(event.at, now + frameMs * speed))
      reporter.onTick?.()
    }
    now = event.at
    state = event.type === 'launch-opened' ? startState(event) : state && reduce(state, event)
    if (state) reporter.onEvent(event, state)
  }
  reporter.onLast?.()
  const outcome = last.ended?.outcome ?? 'the launch is not over'
  return {
    outcome: 'succeeded',
    text: context.options.json || context.options.jsonl ? '' : `replayed launch ${last.id}: ${outcome}`,
    document: {
      launch: last.id,
      events: events.length,
      ended: last.ended && { ...last.ended, exitCode: exitCodes[last.ended.outcome] },
    },
  }
}

/** `60x` or `60`. Throws USAGE. */
export function speedOf(text: string): number {
  const speed = Number(/^(\d+(?:\.\d+)?)x?$/.exec(text.trim())?.[1])
  if (speed > 0 && Number.isFinite(speed)) return speed
  throw new LaunchError('USAGE', `--speed "${text}" is not a speed`, { hint: 'write 60x: an hour in a minute' })
}
