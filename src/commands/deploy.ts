import type { Command } from './command.ts'
import { findStep } from './plan-lookup.ts'

export const deploy: Command = {
  name: 'deploy',
  group: 'launch',
  about: 'upload the artifact: assets first, HTML last, the release before kept; production needs its gates passed',
  examples: [
    ['launch deploy --env staging', 'build if needed, upload, verify through the CDN'],
    ['launch deploy --yes', 'to production, behind the flag: nobody sees it before the canary'],
  ],
  run: async (context) => {
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'deploy',
      goal: (plan) => ({ type: 'step', step: findStep(plan, 'deploy', context.options.env).id }),
    })
  },
}
