import { isoTime } from '../core/brand.ts'
import { mustBeResolved } from '../core/decide.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { Command, Options } from './command.ts'
import { launchFor } from './launch-for.ts'
import { dryRun, mustBeOneOf, recorded, remark, spoken } from './say.ts'

export const resolve: Command = {
  name: 'resolve',
  group: 'act',
  about: 'say what became of a step that must not run twice and was interrupted: the launch then goes on',
  args: [['<step>', 'the step, as launch status and the error name it: staging/build']],
  options: [
    ['--did-run', 'it ran to its end: what it made is taken as it is'],
    ['--did-not-run', 'it did nothing that lasts: it runs again'],
    ['--reason <text>', 'how you know; kept in the journal'],
  ],
  examples: [
    ['launch resolve staging/build --did-run --reason "the package is in the registry"', 'its output is taken up'],
    ['launch resolve staging/build --did-not-run', 'it is begun again by launch resume'],
  ],
  run: async (context, args, options) => {
    const name = spoken(args, 'step', 'the step')
    const did = whatItDid(options)
    const note = remark(options, 'reason')
    const { opened, plan, state } = await launchFor(context, 'unended')
    const step = await stepNamed(plan, name)
    const { stepKind } = await import('../steps/registry.ts')
    const begun = state.steps[step.id]
    if (!mustBeResolved(begun, stepKind(step.kind), plan)) throw nothingToResolve(step.id, state)
    const dry = dryRun(context, `resolve ${step.id} as ${did === 'run' ? 'run' : 'not run'}`)
    if (dry) return dry
    const { attempt, at } = begun
    await opened.log.appendAnyway({ type: 'step-resolved', step: step.id, attempt, did, note }, context.signal)
    const what = did === 'run' ? 'had run to its end' : 'had not run'
    return {
      outcome: 'succeeded',
      text: recorded(context, `${step.id}, begun at ${isoTime(at)}, ${what}`, [
        did === 'run' ? 'launch resume takes up what it made' : 'launch resume begins it again',
      ]),
      document: { launch: state.id, step: step.id, attempt, did },
    }
  },
}

function whatItDid(options: Options): 'run' | 'not-run' {
  const [didRun, didNotRun] = [options['didRun'] === true, options['didNotRun'] === true]
  if (didRun !== didNotRun) return didRun ? 'run' : 'not-run'
  throw new LaunchError('USAGE', didRun ? 'it cannot have run and not run' : 'it is not said whether the step ran', {
    hint: 'say one of --did-run and --did-not-run',
  })
}

/** A step by its id, or by its last word where only one has it: `build`. */
async function stepNamed(plan: Plan, name: string) {
  const steps = plan.phases.flatMap((phase) => phase.steps)
  const called = steps.filter((step) => step.id === name || step.id.endsWith(`/${name}`))
  const [only] = called
  if (only && called.length === 1) return only
  await mustBeOneOf(
    name,
    steps.map((step) => step.id),
    'step',
  )
  throw new LaunchError('USAGE', `"${name}" is the name of more than one step`, {
    hint: `write one of ${called.map((step) => step.id).join(', ')}`,
  })
}

function nothingToResolve(step: string, state: LaunchState): LaunchError {
  const progress = state.steps[step]
  const now = !progress
    ? 'it has not been begun'
    : progress.status === 'intended'
      ? 'it may simply be repeated, or was resolved already'
      : `it is ${progress.status} since ${isoTime(progress.at)}`
  return new LaunchError('REFUSED', `${step} waits for nobody to say what it did: ${now}`, {
    hint: 'launch resume goes on',
  })
}
