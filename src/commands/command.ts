import type { Context } from '../context.ts'
import type { LaunchError } from '../core/errors.ts'
import type { Outcome } from '../core/exit-code.ts'
import type { Envelope } from '../ui/envelope-schema.ts'

export const commandGroups = ['launch', 'look', 'act', 'on call', 'set up'] as const
export type CommandGroup = (typeof commandGroups)[number]

/** What a command ends with. `text` and `document` are its result for stdout: people get the text, `--json` the document. */
export type CommandResult = {
  readonly outcome: Outcome
  /** One sentence about the outcome; shown as the error when it is not a success. */
  readonly why?: string
  /** What else is known of that error. */
  readonly error?: Pick<LaunchError, 'code' | 'hint'>
  readonly text?: string
  /** In the place of a text: what is JSON for people, too. */
  readonly values?: object
  /** Fields beside the envelope's own. */
  readonly document?: object
  /** The envelope itself, where a run made one. */
  readonly envelope?: Envelope
}

export type Arguments = { readonly [name: string]: string | readonly string[] | undefined }
export type Options = { readonly [name: string]: string | boolean | undefined }

/** One command. Declared in a file of its own that loads nothing heavy before `run` is called, and listed in the registry. */
export type Command = {
  /** `rollback emergency`: words as they are typed. */
  readonly name: string
  readonly alias?: string
  readonly group: CommandGroup
  readonly about: string
  /** `<role>`, `[duration]`, `[words...]` with what they mean. */
  readonly args?: readonly (readonly [syntax: string, about: string])[]
  /** `--reason <text>` with what it means. Each has a twin in the environment: LAUNCH_REASON. */
  readonly options?: readonly (readonly [flags: string, about: string])[]
  /** Command lines that work, with what they do. */
  readonly examples: readonly (readonly [line: string, about: string])[]
  run(context: Context, args: Arguments, options: Options): Promise<CommandResult>
}

export function text(options: Options | Arguments, name: string): string | null {
  const value = options[name]
  return typeof value === 'string' && value !== '' ? value : null
}
