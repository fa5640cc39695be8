import { LaunchError } from '../core/errors.ts'

/** The answer to a write that the service refuses for another reason than a missing right. Throws the signal's reason. */
export async function mayWrite(
  probe: () => Promise<unknown>,
  where: string,
  signal: AbortSignal,
): Promise<{ readonly allowed: boolean; readonly detail: string }> {
  try {
    await probe()
    return { allowed: true, detail: `may write ${where}` }
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError)) throw error
    return { allowed: false, detail: error.message }
  }
}
