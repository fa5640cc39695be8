import type { Command } from './command.ts'
import { linesFor } from './say.ts'

export const sandboxScenarios: Command = {
  name: 'sandbox scenarios',
  group: 'set up',
  about: 'what the sandbox can play, and how launch auto ends with it',
  examples: [
    ['launch sandbox scenarios', 'the list'],
    ['launch auto --scenario error-spike@30', 'plays one: errors of the new version from 30 % on'],
  ],
  run: async (context) => {
    const [{ scenarios }, { table }] = await Promise.all([context.sandboxControl(), import('../ui/text.ts')])
    const head = ['SCENARIO', 'EXIT', 'WHAT HAPPENS'].map((cell) => context.output.out.theme.paint.dim(cell))
    const rows = scenarios.map(({ form, about, exit }) => [form, String(exit), about])
    const note = '@N: the stage it begins at, in percent of users; 30 when it is left out'
    return {
      outcome: 'succeeded',
      text: linesFor(context, [...table([head, ...rows]), '', note]),
      document: { scenarios },
    }
  },
}
