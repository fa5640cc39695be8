import { resolve } from 'node:path'
import type { Output } from '../compose/output.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import { exitCodes, type ExitCode, type Outcome } from '../core/exit-code.ts'
import { safeText } from '../core/safe-text.ts'
import { workflowCommand } from '../ui/github-commands.ts'
import type { CommandResult } from './command.ts'
import { stopCode } from './signal-stop.ts'

export type Ending = {
  readonly command: string
  readonly env: string | null
  readonly sandbox: boolean
  readonly result: CommandResult | null
  readonly thrown: unknown
  readonly json: boolean
  /** Nothing but JSON lines is on stdout. */
  readonly jsonl: boolean
  /** The folder of the run sheet. */
  readonly cwd: string
  /** The error was told on stderr already. */
  readonly said: boolean
  readonly output: Output
}

/** Says how a command ended, on the right stream in the right form, and gives the exit code. */
export function conclude(ending: Ending): ExitCode {
  const { result, thrown, json, jsonl, output } = ending
  const error = result ? errorOfResult(result) : describe(thrown)
  const outcome: Outcome = result?.outcome ?? error?.outcome ?? 'bug'
  const exitCode = result ? exitCodeOfResult(result) : exitCodeOf(thrown, outcome)
  const document = result?.envelope ?? {
    schema: 1,
    command: ending.command,
    env: ending.env,
    sandbox: ending.sandbox,
    outcome,
    exitCode,
    error: error && { code: error.code, message: error.message, hint: error.hint, at: error.at },
  }
  if (json) output.out.writeJson({ ...document, ...result?.document }, 2)
  // What a command streamed has its lines already; one without events has its document in one.
  else if (jsonl && (result?.text || result?.values)) output.out.writeJson({ ...document, ...result.document })
  else if (result?.values) output.out.writeJson(result.values, 2)
  else if (result?.text) output.out.write(result.text.endsWith('\n') ? result.text : `${result.text}\n`)
  // A run says its end itself, through its reporter.
  if (error && !result?.envelope && !ending.said) output.err.write(errorText(error, output))
  if (error && !result?.envelope) annotate(error, ending)
  return exitCode
}

/** GitHub shows it beside the line of the run sheet that it is about. */
function annotate({ outcome, message, at }: Described, { output, cwd }: Ending): void {
  const { ci, scrub } = output
  if (ci?.kind !== 'github') return
  const where = at === null ? {} : { file: ci.place(resolve(cwd, at.file)), line: at.line, col: at.col }
  ci.say(workflowCommand('error', safeText(scrub(message)), { ...where, title: `launch: ${outcome}` }))
}

type Described = {
  readonly outcome: Outcome
  readonly code: string
  readonly message: string
  readonly hint: string
  readonly at: LaunchError['at']
  readonly stack: string | null
}

function describe(thrown: unknown): Described {
  if (thrown instanceof LaunchError) {
    const { code, message, hint, at, outcome } = thrown
    return { outcome, code, message, hint, at: at && { file: at.file, line: at.line, col: at.col }, stack: null }
  }
  const stack = thrown instanceof Error ? (thrown.stack ?? null) : null
  return {
    outcome: 'bug',
    code: 'BUG',
    message: messageOf(thrown),
    hint: 'this is a bug in launch: please report it with the text above',
    at: null,
    stack,
  }
}

function errorOfResult({ outcome, why, error }: CommandResult): Described | null {
  if (outcome === 'succeeded') return null
  return {
    outcome,
    code: error?.code ?? outcome.toUpperCase().replaceAll('-', '_'),
    message: why ?? outcome,
    hint: error?.hint ?? '',
    at: null,
    stack: null,
  }
}

/** A run knows which signal stopped it. */
function exitCodeOfResult({ outcome, envelope }: CommandResult): ExitCode {
  return envelope?.exitCode === 143 ? 143 : exitCodes[outcome]
}

function exitCodeOf(thrown: unknown, outcome: Outcome): ExitCode {
  return outcome === 'stopped' ? stopCode(thrown) : exitCodes[outcome]
}

function errorText({ message, hint, stack }: Described, { err }: Output): string {
  const head = `${err.theme.paint.fail(err.theme.icons.fail)} ${message}\n`
  return `${stack === null ? head : `${stack}\n`}${hint === '' ? '' : `  ${err.theme.paint.dim(hint)}\n`}`
}
