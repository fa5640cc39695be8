import { mayBeExposed } from '../core/state.ts'
import type { Session } from './session.ts'

/** A wall clock and a monotonic one that part by more than this between two turns: one was set, or the machine slept. */
const jumpMs = 2000

/**
 * Notices that this machine's clock was set while users see something of the launch: what was looked at under the old time is
 * looked at anew, and the journal says why its times do not add up.
 */
export async function noticeClockJump(session: Session, signal: AbortSignal): Promise<void> {
  const byMs = Math.round(session.ports.clock.jumpedMs?.() ?? 0)
  if (Math.abs(byMs) <= jumpMs) return
  session.looks.clear()
  session.blind = null
  const { state } = session
  if (!mayBeExposed(state) || state.ended || state.rollingBack || state.unknownTypes.length > 0) return
  await session.record({ type: 'clock-jumped', byMs }, signal)
}
