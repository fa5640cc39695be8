import type { Command } from './command.ts'
import { gatePhase } from './plan-lookup.ts'

export const validate: Command = {
  name: 'validate',
  group: 'launch',
  about:
    'look before you leap: rights to deploy and to roll back, addresses, artifacts, and the gate before production changes',
  examples: [
    ['launch validate', 'the gate before production: health, credentials, artifacts, sign-offs'],
    ['launch validate --env staging', 'the staging gate, smoke test included'],
  ],
  run: async (context) => {
    const { drive } = await import('./drive.ts')
    return drive(context, {
      command: 'validate',
      goal: (plan) => ({ type: 'gate', phase: gatePhase(plan, context.options.env).id }),
    })
  },
}
