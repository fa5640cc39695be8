import type { Context } from '../context.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError } from '../core/errors.ts'
import type { Command, CommandResult } from './command.ts'
import { hasWorld } from './launch-for.ts'
import { findStep } from './plan-lookup.ts'

export const deploy: Command = {
  name: 'deploy',
  group: 'launch',
  about: 'upload the artifact: assets first, HTML last, the release before kept; production needs its gates passed',
  options: [
    ['--new', 'supersede the launch that is open: build and judge anew'],
    ['--wait', 'until CloudFront says that no edge has an old copy any more'],
  ],
  examples: [
    ['launch deploy --env staging', 'build if needed, upload, verify through the CDN'],
    ['launch deploy --env staging --dry-run', 'the exact difference to what is served, file by file'],
    ['launch deploy --yes', 'to production, behind the flag: nobody sees it before the canary'],
  ],
  run: async (context, _args, options) => {
    const { drive } = await import('./drive.ts')
    const done = await drive(context, {
      command: 'deploy',
      supersede: options['new'] === true,
      waitForInvalidation: options['wait'] === true,
      goal: (plan) => ({ type: 'step', step: findStep(plan, 'deploy', context.options.env).id }),
    })
    return context.options.dryRun ? withDiff(done, context) : done
  },
}

/** To what a dry run says of the plan: what the deploy would do to the bucket with the files that are built now. */
async function withDiff(done: CommandResult, context: Context): Promise<CommandResult> {
  const { plan } = await context.project()
  const { name } = environmentOf(plan, context.options.env)
  if (!plan.build || !(await hasWorld(context))) return done
  const [{ deployDiff }, { flagKeyOf }, { diffLines }, world] = await Promise.all([
    import('../steps/deploy-diff.ts'),
    import('../steps/deploy.ts'),
    import('../ui/deploy-diff.ts'),
    context.world(plan, { driver: false }),
  ])
  const objects = world.objects(name)
  try {
    const diff = await deployDiff(plan.build, flagKeyOf({ plan }), { objects, files: world.files }, context.signal)
    const text = [done.text ?? '', ...diffLines(diff, objects.bucket), ''].join('\n')
    return { ...done, text, document: { ...done.document, diff } }
  } catch (error) {
    if (!(error instanceof LaunchError) || error.code !== 'ARTIFACT_INVALID') throw error
    return { ...done, text: `${done.text ?? ''}\nno difference to show: ${error.message}\n` }
  }
}
