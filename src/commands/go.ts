import type { Context } from '../context.ts'
import type { Command, CommandResult } from './command.ts'
import { launchFor } from './launch-for.ts'
import { readLaunch } from './open-launch.ts'
import { dryRun, recorded, remark } from './say.ts'

export const go: Command = {
  name: 'go',
  group: 'act',
  about: 'decide go: authorizes the first production change, with the time in UTC',
  options: [['--note <text>', 'what the decision rests on']],
  examples: [
    ['launch go', 'recorded with who and when, in the report'],
    ['launch go --note "all five present, #releases informed"', 'with what it rests on'],
  ],
  run: (context, _args, options) => decide(context, 'go', remark(options, 'note')),
}

export const noGo: Command = {
  name: 'no-go',
  group: 'act',
  about: 'decide no-go: whoever drives the launch ends it before production changes',
  options: [['--reason <text>', 'why not; kept in the journal and the report']],
  examples: [
    ['launch no-go --reason "support lead is ill"', 'ends the launch, nothing users see has changed'],
    ['launch history', 'shows it as declined afterwards'],
  ],
  run: (context, _args, options) => decide(context, 'no-go', remark(options, 'reason')),
}

async function decide(context: Context, decision: 'go' | 'no-go', note: string): Promise<CommandResult> {
  const dry = dryRun(context, `record ${decision}`)
  if (dry) return dry
  const { opened, plan, state, world } = await launchFor(context, 'unended')
  const event = await opened.log.appendAnyway({ type: 'go-decided', decision, note, via: 'command' }, context.signal)
  const [{ dateTime, who }, { nextActions }, after] = await Promise.all([
    import('../ui/format.ts'),
    import('../ui/next-action.ts'),
    readLaunch(opened, context.signal),
  ])
  const next =
    decision === 'go'
      ? nextActions(plan, after, world.clock.now())
      : ['whoever drives this launch ends it; launch go takes the decision back until then']
  return {
    outcome: 'succeeded',
    text: recorded(
      context,
      `${decision} by ${who(event.actor.name)} at ${dateTime(event.at)} (UTC), launch ${state.id}`,
      next,
    ),
    document: { launch: state.id, decision, by: event.actor.name, at: new Date(event.at).toISOString(), note },
  }
}
