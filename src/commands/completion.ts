import { spoken, mustBeOneOf } from './say.ts'
import type { Command } from './command.ts'
import { globalFlags } from './global-flags.ts'

export const completion: Command = {
  name: 'completion',
  group: 'set up',
  about: 'a script that makes your shell complete commands and flags',
  args: [['<shell>', 'bash, zsh or fish']],
  examples: [
    ['eval "$(launch completion bash)"', 'in ~/.bashrc; zsh alike, in ~/.zshrc after compinit'],
    ['launch completion fish | source', 'in ~/.config/fish/config.fish'],
  ],
  run: async (context, args) => {
    const wanted = spoken(args, 'shell', 'the shell')
    // Not at the top: the registry lists this file.
    const [{ commands }, { completionScript, shells }] = await Promise.all([
      import('./registry.ts'),
      import('./completion-script.ts'),
    ])
    await mustBeOneOf(wanted, shells, 'completion for')
    const shell = shells.find((known) => known === wanted) ?? 'bash'
    const script = completionScript(shell, {
      commands: commands.map(({ name, about, options = [] }) => ({ name, about, flags: longFlags(options) })),
      flags: longFlags(globalFlags),
    })
    return { outcome: 'succeeded', text: script, document: { shell, script } }
  },
}

function longFlags(options: readonly (readonly [flags: string, about: string])[]): readonly string[] {
  return options.flatMap(([flags]) => /--[a-z-]+/.exec(flags)?.[0] ?? [])
}
