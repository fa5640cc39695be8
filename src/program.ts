import { Command as Commander, CommanderError, Option } from 'commander'
import { commands } from './commands/registry.ts'
import { commandGroups, type Arguments, type Command, type CommandResult, type Options } from './commands/command.ts'
import { globalFlags, readOptions } from './compose/options.ts'
import { outputOf } from './compose/output.ts'
import { makeContext } from './context.ts'
import { exitCodes, type ExitCode } from './core/exit-code.ts'
import { conclude } from './commands/conclude.ts'
import { listenForSignals } from './signals.ts'
import { launchVersion } from './version.ts'

type Chosen = { readonly command: Command; readonly args: Arguments; readonly options: Options }

/** Runs one command line and gives the exit code. Throws nothing. */
export async function main(host: NodeJS.Process): Promise<ExitCode> {
  host.stdout.on('error', ignoreBrokenPipe)
  host.stderr.on('error', ignoreBrokenPipe)
  let chosen: Chosen | null = null
  const tree = commandTree((command, args, options) => {
    chosen = { command, args, options }
  })
  try {
    await tree.parseAsync(host.argv)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.succeeded : exitCodes.invalid
    throw error
  }
  // Assigned by the action of the command that was parsed; flow analysis does not see into the callback.
  const picked = chosen as Chosen | null
  return picked ? runCommand(picked, host) : exitCodes.invalid
}

async function runCommand({ command, args, options: raw }: Chosen, host: NodeJS.Process): Promise<ExitCode> {
  const signals = listenForSignals(host)
  const bare = outputOf({ color: typeof raw['color'] === 'boolean' ? raw['color'] : null }, host.env, host)
  let result: CommandResult | null = null
  let thrown: unknown
  let context: ReturnType<typeof makeContext> | null = null
  try {
    const options = readOptions(raw, host.env, host.cwd())
    context = makeContext(options, outputOf(options, host.env, host), signals.signal, host)
    result = await command.run(context, args, raw)
  } catch (error) {
    thrown = error
  }
  await context?.close().catch(() => {})
  signals.stop()
  const wanted = { json: raw['json'] === true || context?.options.json === true, quiet: context?.options.quiet === true }
  const environment = { env: context?.options.env ?? null, sandbox: context?.isSandbox === true }
  return conclude({ command: command.name, ...environment, result, thrown, ...wanted, output: context?.output ?? bare })
}

/** Every command of the registry as commander knows them; `choose` is told which one was typed. */
export function commandTree(choose: (command: Command, args: Arguments, options: Options) => void): Commander {
  const root = new Commander('launch')
    .description('A go-live run sheet as one binary: typed gates, a staged canary, and a rollback that always wins.')
    .version(launchVersion, '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false, visibleCommands: () => [] })
    .addHelpText('after', () => commandOverview())
  const groups = new Map<string, Commander>([['', root]])
  for (const command of commands) {
    const words = command.name.split(' ')
    const name = words.at(-1) ?? command.name
    const parent = parentOf(words.slice(0, -1), groups)
    const sub = parent.commands.find((known) => known.name() === name) ?? parent.command(name)
    groups.set(command.name, sub)
    configure(sub, command, choose)
  }
  for (const flag of globalFlags) root.addOption(new Option(flag[0], flag[1]).hideHelp(false))
  return root
}

function parentOf(words: readonly string[], groups: Map<string, Commander>): Commander {
  const path = words.join(' ')
  const known = groups.get(path)
  if (known) return known
  const parent = parentOf(words.slice(0, -1), groups)
  const made = parent.command(words.at(-1) ?? '').description(commands.filter((one) => one.name.startsWith(`${path} `)).map((one) => one.name.slice(path.length + 1)).join(', '))
  made.exitOverride()
  groups.set(path, made)
  return made
}

function configure(sub: Commander, command: Command, choose: (command: Command, args: Arguments, options: Options) => void): void {
  sub.description(command.about).exitOverride().showSuggestionAfterError().allowExcessArguments(false)
  if (command.alias) sub.alias(command.alias)
  for (const [syntax, about] of command.args ?? []) sub.argument(syntax, about)
  for (const [flags, about] of command.options ?? []) sub.addOption(new Option(flags, about))
  const taken = new Set(sub.options.map((option) => option.long))
  for (const [flags, about] of globalFlags) {
    const option = new Option(flags, about)
    if (!taken.has(option.long)) sub.addOption(option.helpGroup('Options of every command:'))
  }
  sub.addHelpText('after', () => `\nExamples:\n${command.examples.map(([line, about]) => `  ${line}\n      ${about}`).join('\n')}\n`)
  sub.action(() => {
    const names = (command.args ?? []).map(([syntax]) => syntax.replaceAll(/[<>[\].]/g, ''))
    const args = Object.fromEntries(names.map((name, i) => [name, sub.processedArgs[i] as Arguments[string]]))
    choose(command, args, { ...root(sub).opts<Options>(), ...sub.opts<Options>() })
  })
}

function root(command: Commander): Commander {
  return command.parent ? root(command.parent) : command
}

function commandOverview(): string {
  const width = Math.max(...commands.map(({ name, args = [] }) => usage(name, args).length))
  const groups = commandGroups.map((group) => {
    const rows = commands.filter((command) => command.group === group).map(({ name, args = [], about }) => `  ${usage(name, args).padEnd(width)}  ${about}`)
    return [`${group}:`, ...rows].join('\n')
  })
  return `\n${groups.join('\n\n')}\n\nlaunch <command> --help has examples. Try: launch auto --sandbox\n`
}

function usage(name: string, args: NonNullable<Command['args']>): string {
  return [name, ...args.map(([syntax]) => syntax)].join(' ')
}

/** `launch history | head` closes the pipe: that is no error. */
function ignoreBrokenPipe(error: NodeJS.ErrnoException): void {
  if (error.code !== 'EPIPE') throw error
}
