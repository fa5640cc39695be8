import type { EmergencyPorts } from '../compose/emergency.ts'
import { LaunchError } from '../core/errors.ts'
import { addressOf } from './flag-place.ts'
import type { RollbackTarget } from './rollback-target.ts'

/** So long the look has before the write follows it, whatever it sees: nobody notices a tenth of a second. */
const headStartMs = 100

/**
 * Looks whether there is a document at a place that somebody typed, before it is written to: a rollback makes a new one where a
 * letter is wrong, and users go on reading the old one. What is not known when it is asked for counts as there.
 */
export async function lookBefore({ place, wait }: EmergencyPorts, signal: AbortSignal): Promise<() => boolean> {
  if (place === null) return () => false
  let isEmpty = false
  const enough = new AbortController()
  const look = async () => {
    isEmpty = await place.isEmpty(AbortSignal.any([signal, enough.signal]))
  }
  const looked = look().catch(() => {}) // the write meets the same trouble and says which
  await Promise.race([looked, wait(headStartMs, signal)])
  return () => {
    enough.abort()
    return isEmpty
  }
}

/** What the store refuses of a place that was typed is about what was typed, not about a run sheet. */
export function aboutTypedPlace(error: unknown, target: RollbackTarget): unknown {
  if (target.typed === undefined || !(error instanceof LaunchError)) return error
  const flag = `--flag ${addressOf(target)} (LAUNCH_FLAG)`
  const hints: { readonly [code: string]: string } = {
    NOT_FOUND: `correct the bucket in ${flag}, or say its region with --region (it was ${target.region}); nothing was written`,
    FORBIDDEN: `correct the bucket in ${flag}, or take the credentials of the emergency role (AWS_PROFILE); nothing was written`,
  }
  const hint = hints[error.code]
  return hint === undefined ? error : new LaunchError(error.code, error.message, { hint, cause: error })
}
