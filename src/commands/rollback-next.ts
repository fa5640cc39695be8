import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Options } from './command.ts'
import { shellWord } from './shell-word.ts'

export type AfterRollback = {
  readonly journaled: boolean
  /** Whose launches, and where they are remembered, as far as the rollback knew. */
  readonly app: string | null
  readonly state: string | null
}

/** What comes after a rollback: commands that work from where it was called, also where no run sheet is at hand. */
export async function whatNext(context: Context, options: Options, after: AfterRollback): Promise<readonly string[]> {
  const where = await whereSheetWorks(context)
  const place = where === null ? typedPlace(options) : context.isSandbox ? ' --sandbox' : ''
  const looks = `launch rollback validate${place}, then launch monitor 600${place}`
  return [...waits(context, after, where, place), where === null ? `next: ${looks}` : `next, ${where}: ${looks}`]
}

function waits(
  { spoolFolder }: Context,
  { journaled, app, state }: AfterRollback,
  where: string | null,
  place: string,
): readonly string[] {
  if (journaled) return []
  const isKnown = where === null || (app !== null && state !== null)
  return [
    `NOT YET JOURNALED: the record waits on this machine, below ${spoolFolder}`,
    isKnown
      ? `once the state can be reached: launch journal flush${place}`
      : `it is not known whose journal: launch journal flush --state s3://BUCKET/PREFIX --app NAME tells it${place === '' ? '' : `, with${place}`}`,
  ]
}

/** Where commands that need the run sheet work; null: here. */
async function whereSheetWorks(context: Context): Promise<string | null> {
  try {
    await context.project()
    return null
  } catch (error) {
    if (!(error instanceof LaunchError) || error.code === 'RUNSHEET_NOT_FOUND')
      return 'where the run sheet is (in its checkout, or with -C FOLDER)'
    const { at } = error
    return `once ${at === null ? context.options.runsheet : `${at.file}:${at.line}:${at.col}`} is mended`
  }
}

/** What was typed to say where and about what: whoever types the next command has to say it again. */
function typedPlace(options: Options): string {
  const given = [
    ['-C', options['cwd']],
    ['--runsheet', options['runsheet']],
    ['--env', options['env']],
    ['--state', options['state']],
  ] as const
  const words = given.flatMap(([flag, value]) => (typeof value === 'string' ? [`${flag} ${shellWord(value)}`] : []))
  const isPlayed = options['sandbox'] === true || typeof options['scenario'] === 'string'
  return [...words, ...(isPlayed ? ['--sandbox'] : [])].map((word) => ` ${word}`).join('')
}
