import { commandGroups, type Command } from './command.ts'
import { globalFlags } from './global-flags.ts'

/** What `launch --help` says: commands by what people are about to do, then the options all of them share. */
export function overview(commands: readonly Command[]): string {
  const usages = new Map(commands.map((command) => [command, usage(command)]))
  const width = Math.max(...[...usages.values()].map((text) => text.length))
  const groups = commandGroups.flatMap((group) => {
    const rows = commands.filter((command) => command.group === group)
    return rows.length === 0
      ? []
      : [
          [group, ...rows.map((command) => `  ${(usages.get(command) ?? '').padEnd(width)}  ${summary(command)}`)].join(
            '\n',
          ),
        ]
  })
  return `\n${groups.join('\n\n')}\n\n${sharedOptions()}\n\nlaunch <command> --help has examples. Try: launch auto --sandbox`
}

/** The options every command understands, two columns. */
function sharedOptions(): string {
  const width = Math.max(...globalFlags.map(([flags]) => flags.length))
  return [
    'options of every command',
    ...globalFlags.map(([flags, about]) => `  ${flags.padEnd(width)}  ${about}`),
  ].join('\n')
}

export function examplesText({ examples }: Command): string {
  return `\nExamples:\n${examples.map(([line, about]) => `  ${line}\n      ${about}`).join('\n')}\n\nlaunch --help lists the options every command understands.`
}

/** Up to the first colon or semicolon: the rest is for the command's own help. */
function summary({ about }: Command): string {
  return about.split(/[:;]/)[0] ?? about
}

function usage({ name, args = [] }: Command): string {
  return [name, ...args.map(([syntax]) => syntax)].join(' ')
}
