import { LaunchError, messageOf } from '../core/errors.ts'

/** What is looked at, in words: `the distribution`, whose `error pages` … */
type Place = {
  readonly of: string
  readonly named: string
  readonly environment: string
  /** The sheet wants a validation to stop for it. */
  readonly refuses: boolean
}

/**
 * Settings in AWS that a release or its users suffer from: what is to be added to a summary, or LaunchError STEP_FAILED where the sheet
 * refuses them. What cannot be read stops nothing by itself: its rights are a check of their own.
 */
export async function settingsOf(
  { of, named, environment, refuses }: Place,
  hint: string,
  look: () => Promise<readonly string[] | undefined>,
  signal: AbortSignal,
): Promise<string> {
  const found = await look().catch((error: unknown) => {
    signal.throwIfAborted()
    return messageOf(error)
  })
  if (typeof found === 'string') {
    if (refuses) throw new LaunchError('STEP_FAILED', `${named} of ${environment} cannot be read: ${found}`)
    return `; warning: ${named} cannot be read: ${found}`
  }
  if (found && found.length > 0 && refuses)
    throw new LaunchError('STEP_FAILED', `${of} of ${environment} ${found.join('; ')}`, { hint })
  return (found ?? []).map((text) => `; warning: ${of} ${text}`).join('')
}
