import { dirname, resolve } from 'node:path'
import { Command as Commander, CommanderError, Option } from 'commander'
import { conclude } from './commands/conclude.ts'
import { examplesText, overview } from './commands/help.ts'
import { globalFlags } from './commands/global-flags.ts'
import { commands } from './commands/registry.ts'
import type { Arguments, Command, CommandResult, Options } from './commands/command.ts'
import type { UsageHint } from './commands/usage-hint.ts'
import { readOptions, type GlobalOptions } from './compose/options.ts'
import { outputOf } from './compose/output.ts'
import { makeContext } from './compose/make-context.ts'
import { LaunchError } from './core/errors.ts'
import { exitCodes, type ExitCode } from './core/exit-code.ts'
import { listenForSignals } from './signals.ts'
import { launchVersion } from './version.ts'

type Chosen = { readonly command: Command; readonly args: Arguments; readonly options: Options }

/** Runs one command line and gives the exit code. Throws nothing. */
export async function main(host: NodeJS.Process): Promise<ExitCode> {
  let chosen: Chosen | null = null
  const complain = (text: string) => outputOf({ color: null }, host.env, host).err.write(text)
  const tree = commandTree(new Set(host.argv), complain, (command, args, options) => {
    chosen = { command, args, options }
  })
  try {
    await tree.parseAsync(host.argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return exitCodes.succeeded
    const { usageHint } = await import('./commands/usage-hint.ts')
    return usageError(error, host, usageHint(error.message, host.argv.slice(2), commands))
  }
  // Assigned by the action of the command that was parsed; flow analysis does not see into the callback.
  const picked = chosen as Chosen | null
  return picked ? runCommand(picked, host) : exitCodes.invalid
}

/** Commander has said it on stderr; a caller that reads JSON gets the envelope as well. */
function usageError(error: CommanderError, host: NodeJS.Process, { command, hint }: UsageHint): ExitCode {
  // Help that was not asked for has said it already.
  if (error.code !== 'commander.help') outputOf({ color: null }, host.env, host).err.write(`  ${hint}\n`)
  const json = host.argv.includes('--json') || host.env['LAUNCH_JSON'] === '1' || host.env['LAUNCH_JSON'] === 'true'
  if (!json) return exitCodes.invalid
  const thrown = new LaunchError('USAGE', error.message.replace(/^error: /, ''), { hint })
  return conclude({
    command,
    env: null,
    sandbox: false,
    result: null,
    thrown,
    json,
    jsonl: false,
    said: true,
    cwd: host.cwd(),
    output: outputOf({ color: false }, host.env, host),
  })
}

async function runCommand({ command, args, options: raw }: Chosen, host: NodeJS.Process): Promise<ExitCode> {
  const signals = listenForSignals(host)
  const bare = outputOf({ color: typeof raw['color'] === 'boolean' ? raw['color'] : null }, host.env, host)
  let result: CommandResult | null = null
  let thrown: unknown
  let context: ReturnType<typeof makeContext> | null = null
  try {
    // `sandbox serve` is about the sandbox without saying so again.
    const options = readOptions(
      command.name.startsWith('sandbox ') ? { ...raw, sandbox: true } : raw,
      host.env,
      host.cwd(),
    )
    context = makeContext(options, outputOf(options, host.env, host), signals.signal, host)
    result = await command.run(context, args, raw)
  } catch (error) {
    thrown = error
  }
  await context?.close().catch(() => {})
  signals.stop()
  // What was typed counts also where the options could not be read.
  const wants = (form: 'json' | 'jsonl') => raw[form] === true || context?.options[form] === true
  const wanted = { json: wants('json'), jsonl: wants('jsonl'), said: false }
  const environment = { env: context?.options.env ?? null, sandbox: context?.isSandbox === true }
  const cwd = sheetFolder(context?.options, host)
  return conclude({
    command: command.name,
    ...environment,
    result,
    thrown,
    ...wanted,
    cwd,
    output: context?.output ?? bare,
  })
}

/** Errors name the run sheet as it was named; its folder is what that is relative to. */
function sheetFolder(options: GlobalOptions | undefined, host: NodeJS.Process): string {
  return options ? dirname(resolve(options.cwd, options.runsheet)) : host.cwd()
}

/**
 * Every command of the registry as commander knows them; `choose` is told which one was typed. Those that none of the typed words
 * names only have their name, for suggestions: to make the options of all of them takes longer than to start node.
 */
function commandTree(
  typed: ReadonlySet<string>,
  complain: (text: string) => void,
  choose: (command: Command, args: Arguments, options: Options) => void,
): Commander {
  const root = new Commander('launch')
    .description('A go-live run sheet as one binary: typed gates, a staged canary, and a rollback that always wins.')
    .version(launchVersion, '-V, --version')
    .showSuggestionAfterError()
    .exitOverride()
    // What was typed is repeated in its errors.
    .configureOutput({ writeErr: complain })
    .configureHelp({ visibleCommands: () => [], visibleOptions: () => [] })
    .addHelpText('after', () => overview(commands))
  const groups = new Map<string, Commander>([['', root]])
  for (const command of commands) {
    const words = command.name.split(' ')
    const name = words.at(-1) ?? command.name
    const parent = parentOf(words.slice(0, -1), groups)
    const sub = parent.commands.find((known) => known.name() === name) ?? parent.command(name)
    groups.set(command.name, sub)
    if (typed.has(name) || typed.has(command.alias ?? name)) configure(sub, command, choose)
    else if (command.alias) sub.alias(command.alias)
  }
  for (const [flags, about] of globalFlags) root.addOption(new Option(flags, about))
  return root
}

function parentOf(words: readonly string[], groups: Map<string, Commander>): Commander {
  const path = words.join(' ')
  const known = groups.get(path)
  if (known) return known
  const parent = parentOf(words.slice(0, -1), groups)
  const made = parent.command(words.at(-1) ?? '').description(
    commands
      .filter((one) => one.name.startsWith(`${path} `))
      .map((one) => one.name.slice(path.length + 1))
      .join(', '),
  )
  made.exitOverride()
  groups.set(path, made)
  return made
}

function configure(
  sub: Commander,
  command: Command,
  choose: (command: Command, args: Arguments, options: Options) => void,
): void {
  sub.configureHelp({}).description(command.about).exitOverride().showSuggestionAfterError().allowExcessArguments(false)
  if (command.alias) sub.alias(command.alias)
  for (const [syntax, about] of command.args ?? []) sub.argument(syntax, about)
  for (const [flags, about] of command.options ?? []) sub.addOption(withTwin(new Option(flags, about)))
  for (const [flags, about] of globalFlags) sub.addOption(new Option(flags, about).hideHelp())
  sub.addHelpText('after', () => examplesText(command))
  sub.action(() => {
    const names = (command.args ?? []).map(([syntax]) => syntax.replaceAll(/[<>[\].]/g, ''))
    const args = Object.fromEntries(names.map((name, i) => [name, sub.processedArgs[i] as Arguments[string]]))
    choose(command, args, { ...root(sub).opts<Options>(), ...typedOptions(sub) })
  })
}

/** Without what nobody typed: that a command knows `--no-input` says nothing against the same flag of `launch` itself. */
function typedOptions(sub: Commander): Options {
  const given = Object.entries(sub.opts<Options>())
  return Object.fromEntries(given.filter(([name]) => sub.getOptionValueSource(name) !== 'default'))
}

/** `--reason` is also read from LAUNCH_REASON. */
function withTwin(option: Option): Option {
  return option.env(`LAUNCH_${option.name().toUpperCase().replaceAll('-', '_')}`)
}

function root(command: Commander): Commander {
  return command.parent ? root(command.parent) : command
}
