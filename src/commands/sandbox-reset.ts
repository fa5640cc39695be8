import type { Command } from './command.ts'
import { dryRun, linesFor } from './say.ts'

export const sandboxReset: Command = {
  name: 'sandbox reset',
  group: 'set up',
  about: 'remove the sandbox of this folder, its launches included; reports and archives stay',
  examples: [
    ['launch sandbox reset', 'says what was removed; refused while a process runs it'],
    ['launch sandbox reset --dry-run', 'only says what would be'],
  ],
  run: async (context) => {
    const control = await context.sandboxControl()
    const names = await control.reset({ dryRun: context.options.dryRun })
    const dry = dryRun(
      context,
      `remove ${names.length === 0 ? 'nothing' : `${names.join(', ')} from ${context.folder}`}`,
    )
    if (dry) return dry
    return {
      outcome: 'succeeded',
      text: linesFor(
        context,
        names.length === 0
          ? [`nothing to remove in ${context.folder}`]
          : [`removed from ${context.folder}: ${names.join(', ')}`, 'next: launch auto --sandbox'],
      ),
      document: { folder: context.folder, removed: names },
    }
  },
}
