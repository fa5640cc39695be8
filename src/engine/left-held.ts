import { LaunchError } from '../core/errors.ts'
import { mayBeExposed } from '../core/state.ts'
import type { RunEnd, Session } from './session.ts'

/** A canary that is left on purpose is journaled as left: whoever looks after unattended ones leaves it alone then. */
export async function rememberLeft(end: RunEnd, session: Session, signal: AbortSignal): Promise<void> {
  const { state } = session
  if (end.outcome !== 'held' || !mayBeExposed(state) || state.leftHeld || state.ended) return
  try {
    await session.record({ type: 'left-held', percent: state.flag?.percent ?? 0, why: end.why }, signal)
  } catch (error) {
    // The end itself says it; a scheduler then takes the canary for unattended, which is the safe side.
    if (signal.aborted || !(error instanceof LaunchError)) throw error
  }
}
