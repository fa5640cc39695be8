import type { OutsideWorld } from '../compose/world.ts'
import type { Context } from '../context.ts'
import { environmentOf } from '../core/environment-of.ts'
import { messageOf } from '../core/errors.ts'
import type { Environment, Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { RollbackPorts } from '../engine/rollback.ts'
import { watchAfterwards, watchOptions } from './after-rollback.ts'
import { text, type Command } from './command.ts'
import { lookAgain } from './edge-again.ts'
import { journalRollback } from './journal-rollback.ts'
import { mustHaveWorld } from './launch-for.ts'
import { readLaunch } from './open-launch.ts'
import { identified } from './rollback-emergency.ts'
import { whatNext } from './rollback-next.ts'
import { rollbackResult } from './rollback-result.ts'
import { tell } from './rollback-told.ts'
import { sheetOnCall } from './sheet-on-call.ts'

/** What the journal can tell is welcome, and a rollback does not wait for it or fail with it. */
const journalMs = 3000

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
    ['launch rollback full --dry-run', 'which release would be served again; nothing is changed'],
  ],
  run: async (context, _args, options) => {
    const { signal } = context
    const { plan } = await sheetOnCall(context)
    const environment = environmentOf(plan, context.options.env)
    await mustHaveWorld(context)
    const [{ rollBack, releaseOf }, world, actor] = await Promise.all([
      import('../engine/rollback.ts'),
      context.world(plan),
      context.actor(),
    ])
    const state = await openState(context, plan)
    const awayFrom = state && hasBegunDeploy(state, plan, environment) ? releaseOf(state) : null
    const target = { to: text(options, 'to'), awayFrom }
    const flag = world.flag(environment.name)
    if (context.options.dryRun)
      return (await import('./rollback-dry.ts')).fullDry(context, { plan, environment, target })
    const { clock, random, wait } = world
    const done = await rollBack(
      {
        kind: 'full',
        reason: text(options, 'reason') ?? 'no reason given',
        by: actor.name,
        launch: state?.id ?? null,
        flagKey: plan.flag.key,
        target,
        ...tell(context.output.err, plan.flag.key),
      },
      { flag, clock, random, wait, site: siteOf(world, plan, environment, options['wait'] === true) },
      signal,
    )
    const looked = await lookAgain(done.result, flag, signal)
    const result = await identified(looked.result, () => context.signer(plan))
    const { writeId } = done
    const record = { result, writeId, at: clock.now(), app: plan.app, location: flag.location }
    const journaled = await journalRollback(context, record)
    const { tellPeopleOfOpen } = await import('./tell-people.ts')
    if (journaled) await tellPeopleOfOpen(context)
    const next = await whatNext(context, options, { journaled, app: plan.app, state: null })
    return watchAfterwards(context, options, rollbackResult({ result, journaled, lines: [...looked.lines, ...next] }))
  },
}

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

/** A deploy that the launch began is what to get away from, even when it broke off before it was the current release. */
function hasBegunDeploy(state: LaunchState, { phases }: Plan, { name }: Environment): boolean {
  const deploys = phases
    .flatMap(({ steps }) => steps)
    .filter((step) => step.kind === 'deploy' && step.environment === name)
  return deploys.some(({ id }) => state.steps[id] !== undefined)
}

function siteOf(
  world: OutsideWorld,
  { build }: Plan,
  { name, url }: Environment,
  wait: boolean,
): RollbackPorts['site'] {
  return {
    url,
    objects: world.objects(name),
    cdn: world.cdn(name),
    http: world.http,
    ...(build ? { local: (path) => world.files.read(`${build.output}/${path}`) } : {}),
    waitForInvalidation: wait,
  }
}
