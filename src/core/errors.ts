import { exitCodes, type ExitCode, type Outcome } from './exit-code.ts'
import { errorCodes, type ErrorCode } from './error-codes.ts'

/** Where in a file something is wrong; lines and columns count from 1, `length` in characters. */
export type SourcePosition = {
  readonly file: string
  readonly line: number
  readonly col: number
  readonly length?: number
  readonly source?: string
}

export type LaunchErrorOptions = {
  /** What to do next: a sentence, with a command where there is one. */
  readonly hint?: string
  readonly at?: SourcePosition
  readonly cause?: unknown
}

/**
 * An error a person can act on. `message` is lowercase, has no full stop and holds the wrong value.
 * Everything else that is thrown counts as a bug in launch (exit 1).
 */
export class LaunchError extends Error {
  override readonly name = 'LaunchError'
  readonly code: ErrorCode
  readonly hint: string
  readonly at: SourcePosition | null

  constructor(code: ErrorCode, message: string, options: LaunchErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint ?? errorCodes[code].hint
    this.at = options.at ?? null
  }

  get outcome(): Outcome {
    return errorCodes[this.code].outcome
  }

  get exitCode(): ExitCode {
    return exitCodes[this.outcome]
  }
}

/** The message of anything that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** The same in one line: what goes on below it, such as an excerpt of the run sheet, has no place in a sentence. */
export function firstLineOf(error: unknown): string {
  return messageOf(error).split('\n', 1)[0] ?? ''
}
