import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { stageNow } from '../core/state.ts'
import { lastDriven } from '../core/unattended.ts'
import { formatDuration } from '../core/units.ts'
import type { Command, CommandResult } from './command.ts'
import { text } from './command.ts'
import { mustHaveWorld } from './launch-for.ts'
import { openLaunch, readLaunch } from './open-launch.ts'
import { canaryStep } from './plan-lookup.ts'
import { dryRun } from './say.ts'
import { sheetOnCall } from './sheet-on-call.ts'

/** What whoever drives is asked to do. */
const asked = {
  pause: 'hold the canary',
  resume: 'go on with the canary',
  promote: 'leave the stage',
  abort: 'roll the canary back',
} as const
type Ask = keyof typeof asked

/** A driver writes or looks at least every half minute; one that was silent this long is gone. */
const silentMs = 3 * 60_000

const reasonOption = ['--reason <text>', 'why; kept in the journal and the report'] as const

/** The four requests that reach a canary through the journal, from any machine. */
function canaryAsk(ask: Ask, about: string, examples: Command['examples']): Command {
  return {
    name: `canary ${ask}`,
    group: 'act',
    about,
    options: [reasonOption],
    examples,
    run: (context, _args, options) => request(context, ask, text(options, 'reason') ?? ''),
  }
}

async function request(context: Context, ask: Ask, reason: string): Promise<CommandResult> {
  const { signal } = context
  // Whoever wants it to stop has a way without the run sheet, too.
  const { plan } = ask === 'abort' || ask === 'pause' ? await sheetOnCall(context) : await context.project()
  await mustHaveWorld(context)
  const world = await context.world(plan, { driver: false })
  const opened = await openLaunch(context, { launch: 'current' })
  const state = await readLaunch(opened, signal)
  const step = canaryStep(opened.plan)
  const stage = stageNow(state, step.id)
  if (state.ended || !stage || stage.status === 'left') {
    throw new LaunchError(
      'REFUSED',
      state.ended ? `launch ${state.id} has ended: ${state.ended.why}` : 'no stage of a canary is under way',
      { hint: 'launch canary status' },
    )
  }
  const verdict = state.gates[`${step.id}@${stage.percent}`]
  if (ask === 'promote' && verdict?.verdict === 'fail') {
    throw new LaunchError('REFUSED', `the gate fails at ${stage.percent} %: a promotion does not go over a fail`, {
      hint: 'launch canary abort, or launch rollback emergency',
    })
  }
  const dry = dryRun(context, `ask whoever drives launch ${state.id} to ${asked[ask]} at ${stage.percent} %`)
  if (dry) return dry
  await opened.log.appendAnyway({ type: 'canary-asked', ask, stage: stage.percent, reason }, signal)
  // Whoever asked before drives nothing.
  const driver = lastDriven(await opened.log.read(signal)) ?? state.last
  const idleMs = world.clock.now() - driver.at
  const driven = idleMs < silentMs
  const who = `${driver.actor.name} on ${driver.actor.host}`
  const next = driven
    ? `${who} carries it out`
    : `nobody drives this launch: ${who} was last seen ${formatDuration(idleMs)} ago; launch resume takes over, launch rollback emergency turns the flag off`
  return {
    outcome: 'succeeded',
    text: `${ask} asked for at ${stage.percent} %; ${next}`,
    document: { ask, stage: stage.percent, driven },
  }
}

export const canaryPause = canaryAsk(
  'pause',
  'hold the canary at the stage it is at; it is rolled back when nobody resumes it in time',
  [
    ['launch canary pause --reason "high p95, looking"', 'from any machine'],
    ['launch canary resume', 'goes on'],
  ],
)
export const canaryResume = canaryAsk('resume', 'go on with a canary that is held or paused', [
  ['launch canary resume --reason "backend scaled"', 'the gate is looked at again first'],
  ['launch canary status', 'shows where it stands'],
])
export const canaryPromote = canaryAsk(
  'promote',
  'leave the stage before its gate has proven it; refused when the gate fails',
  [
    ['launch canary promote --reason "low traffic, checked by hand"', 'recorded as unproven'],
    ['launch canary status', 'shows what is not proven yet'],
  ],
)
export const canaryAbort = canaryAsk('abort', 'end the canary: the process that drives it rolls back', [
  ['launch canary abort --reason "wrong copy on the board"', 'an orderly rollback by the driver'],
  ['launch rollback emergency', 'when it has to be now, whoever drives'],
])
