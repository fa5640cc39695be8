import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Arguments, CommandResult, Options } from './command.ts'

/** What people write goes into the journal, where an event stays small. */
const longest = 2000

/** A text somebody gave as an argument: trimmed, not empty, not too long. Throws USAGE. */
export function spoken(args: Arguments, name: string, what: string): string {
  const value = args[name]
  const text = (typeof value === 'string' ? value : (value ?? []).join(' ')).trim()
  if (text === '') throw new LaunchError('USAGE', `${what} is empty`, { hint: `write ${what} in quotes` })
  return notTooLong(text, what)
}

/** An optional text: a note, a reason. Empty when it was not given. Throws USAGE. */
export function remark(options: Options, name: string): string {
  const value = options[name]
  return typeof value === 'string' ? notTooLong(value.trim(), `--${name}`) : ''
}

/** Throws USAGE for a word that is not among the ones there are, with the nearest one. */
export async function mustBeOneOf(word: string, words: readonly string[], what: string): Promise<void> {
  if (words.includes(word)) return
  const { suggestion } = await import('../core/nearest.ts')
  throw new LaunchError('USAGE', `there is no ${what} "${word}"`, {
    hint: suggestion(word, words, words.length === 0 ? `the run sheet names no ${what}` : 'one of'),
  })
}

/** The result of `--dry-run`, or null when it is no dry run. */
export function dryRun({ options }: Context, what: string): CommandResult | null {
  return options.dryRun ? wouldDo(what) : null
}

/** What a dry run ends with; `more` are lines that go on after `would …`. */
export function wouldDo(what: string, more: readonly string[] = [], document: object = {}): CommandResult {
  const text = [`dry run: would ${what}`, ...more.map((line) => `  ${line}`)].join('\n')
  return { outcome: 'succeeded', text, document: { dryRun: true, ...document } }
}

/** For a command that is nothing without its doing. Throws USAGE for `--dry-run`. */
export function nothingToTryDry({ options }: Context, command: string, hint: string): void {
  if (options.dryRun) throw new LaunchError('USAGE', `launch ${command} has nothing to try dry`, { hint })
}

/** Lines as text for this terminal. */
export function linesFor({ output }: Context, lines: readonly string[]): string {
  return lines.map((line) => `${output.out.theme.encode(line)}\n`).join('')
}

/** Rows of tables as text: on a terminal broken to its width, piped a line each, for grep. */
export async function rowsFor(context: Context, lines: readonly string[]): Promise<string> {
  const { terminal, theme } = context.output.out
  if (!terminal.isTTY) return linesFor(context, lines)
  const { wrapRow } = await import('../ui/wrap.ts')
  // ASCII for a sign may be wider than the sign.
  const encoded = lines.map((line) => theme.encode(line))
  return linesFor(
    context,
    encoded.flatMap((line) => wrapRow(line, terminal.columns)),
  )
}

/** `✔ noted`: a thing that was recorded, and what is next. */
export function recorded(
  context: Context,
  what: string,
  next: readonly string[],
  also: readonly string[] = [],
): string {
  const { icons, paint } = context.output.out.theme
  const more = [
    ...also.map((line) => `  ${line}`),
    ...next.map((line) => `  next: ${line}${context.isSandbox && line.includes('launch ') ? ' (with --sandbox)' : ''}`),
  ]
  return linesFor(context, [`${paint.pass(icons.pass)} ${what}`, ...more])
}

function notTooLong(text: string, what: string): string {
  if (text.length <= longest) return text
  throw new LaunchError('USAGE', `${what} has ${text.length} characters, ${longest} are the most`, {
    hint: 'write it shorter, and put the rest where a link can lead to',
  })
}
