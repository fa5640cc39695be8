import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import { addressOf } from './flag-place.ts'
import type { RollbackTarget } from './rollback-target.ts'
import type { StateTrouble } from './stored-facts.ts'

export type WhatIsKnown = {
  readonly hasSheet: boolean
  /** What could not be read of the run sheet. */
  readonly lacks: readonly string[]
  readonly trouble: StateTrouble | null
  readonly found: readonly RollbackTarget[]
}

/** Why it is not clear which flag to turn off, and every way out that there is. */
export async function noTarget(context: Context, known: WhatIsKnown): Promise<LaunchError> {
  const { hasSheet, lacks, trouble, found } = known
  const { runsheet, state } = context.options
  const missing = hasSheet
    ? `${runsheet} does not say ${lacks.join(' and ')}`
    : `there is no run sheet at "${runsheet}"`
  // What was typed is what is most likely wrong.
  const whys = trouble === null ? [missing] : state === null ? [missing, trouble.why] : [trouble.why, missing]
  const broken = hasSheet ? await mistakesOf(context) : null
  const mistakes = broken === null ? '' : `\n${firstOf(broken.message)}`
  const at = broken?.at ? { at: broken.at } : {}
  if (found.length > 0)
    return new LaunchError('ROLLBACK_TARGET', `${whys.join(', and ')}, and several flags could be meant${mistakes}`, {
      ...at,
      hint: `repeat the command with one of\n${found.map((one) => `  ${candidate(one)}  (${one.app})`).join('\n')}`,
    })
  const ways = [
    ...(trouble?.hint ? [trouble.hint] : []),
    'name the flag: --flag s3://bucket/key --region us-east-1',
    'say where launches are remembered: --state s3://bucket/prefix --app name',
    hasSheet ? `mend ${runsheet}` : 'work in the folder of the run sheet (-C), or name it (--runsheet)',
  ]
  return new LaunchError('ROLLBACK_TARGET', `${whys.join(', and ')}${mistakes}`, { ...at, hint: ways.join('; or ') })
}

/** A mistake is told in three lines; with all of them, the way out would be off the screen. */
function firstOf(message: string): string {
  const lines = message.split('\n')
  return [...lines.slice(0, 3), ...(lines.length > 3 ? ['and more: launch plan names them all'] : [])].join('\n')
}

/** What is wrong with the run sheet, line by line; null when it is only incomplete. */
async function mistakesOf(context: Context): Promise<LaunchError | null> {
  try {
    await context.project()
    return null
  } catch (error) {
    if (error instanceof LaunchError) return error
    throw error
  }
}

/** What tells a candidate from the others on the command line. */
function candidate(target: RollbackTarget): string {
  return target.store === undefined
    ? `--flag ${addressOf(target)} --region ${target.region}`
    : `--app ${target.app} (${addressOf(target)})`
}
