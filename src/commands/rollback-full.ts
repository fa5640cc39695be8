import type { Context } from '../context.ts'
import { environmentOf } from '../core/environment-of.ts'
import { messageOf } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import { watchAfterwards, watchOptions } from './after-rollback.ts'
import type { Command } from './command.ts'
import { text } from './command.ts'
import { journalRollback } from './journal-rollback.ts'
import { readLaunch } from './open-launch.ts'
import { identified, rollbackResult, tell } from './rollback-emergency.ts'

/** What the journal can tell is welcome, and a rollback does not wait for it or fail with it. */
const journalMs = 3000

async function openState(context: Context, plan: Plan): Promise<LaunchState | null> {
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(journalMs)])
  try {
    const current = await (await context.launches(plan)).current(signal)
    return current && (await readLaunch(current, signal))
  } catch (error) {
    context.signal.throwIfAborted()
    context.output.err.write(`  the journal cannot be read (${messageOf(error)}); rolling back all the same\n`)
    return null
  }
}

export const rollbackFull: Command = {
  name: 'rollback full',
  group: 'on call',
  about: 'turn the flag off, then serve the release before this one again, verified through the CDN file by file',
  options: [
    ['--reason <text>', 'why'],
    ['--to <release>', 'which release to serve; by default the one before'],
    ['--wait', 'until CloudFront says that no edge has an old copy any more'],
    ...watchOptions,
  ],
  examples: [
    ['launch rollback full --reason "Critical functionality bug"', 'back to the release before'],
    ['launch rollback full --to r-0a1b2c3d4e5f', 'back to a release by its id'],
  ],
  run: async (context, _args, options) => {
    const { signal } = context
    const { plan } = await context.project()
    const [{ rollBack, releaseOf }, world, actor] = await Promise.all([
      import('../engine/rollback.ts'),
      context.world(plan),
      context.actor(),
    ])
    const environment = environmentOf(plan, context.options.env)
    const state = await openState(context, plan)
    // A deploy that this launch began is what to get away from, even when it broke off before it was the current release.
    const began =
      state !== null &&
      plan.phases.some((phase) =>
        phase.steps.some(
          (step) =>
            step.kind === 'deploy' && step.environment === environment.name && state.steps[step.id] !== undefined,
        ),
      )
    const reason = text(options, 'reason') ?? 'no reason given'
    const { clock, random, wait, http } = world
    const done = await rollBack(
      {
        kind: 'full',
        reason,
        by: actor.name,
        launch: state?.id ?? null,
        flagKey: plan.flag.key,
        target: { to: text(options, 'to'), awayFrom: state && began ? releaseOf(state) : null },
        ...tell(context.output.err, plan.flag.key),
      },
      {
        flag: world.flag(environment.name),
        clock,
        random,
        wait,
        site: {
          url: environment.url,
          objects: world.objects(environment.name),
          cdn: world.cdn(environment.name),
          http,
          ...(plan.build ? { local: (path) => world.files.read(`${plan.build?.output}/${path}`) } : {}),
          waitForInvalidation: options['wait'] === true,
        },
      },
      signal,
    )
    const result = await identified(done.result, () => context.signer(plan))
    const journaled = await journalRollback(context, {
      result,
      writeId: done.writeId,
      at: clock.now(),
      app: plan.app,
      location: world.flag(environment.name).location,
    })
    const { tellPeopleOfOpen } = await import('./tell-people.ts')
    if (journaled) await tellPeopleOfOpen(context)
    return watchAfterwards(context, options, rollbackResult(result, journaled, context.spoolFolder))
  },
}
