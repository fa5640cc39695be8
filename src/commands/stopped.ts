import { LaunchError } from '../core/errors.ts'
import { handOverIn } from '../core/hand-over.ts'
import { productionStanding } from '../core/production-standing.ts'
import type { Session } from '../engine/session.ts'
import { signalOf } from './signal-stop.ts'

/** Ctrl-C or the end of input at a question. */
export function isStop(error: unknown): error is LaunchError {
  return error instanceof LaunchError && error.outcome === 'stopped'
}

/** What a stopped drive leaves in the journal, and how it ends. */
export async function stopped(session: Session, reason: unknown) {
  const name = stopName(reason)
  // The journal gets a moment of its own: the signal that stops the run must not stop this.
  const moment = AbortSignal.timeout(4000)
  const { settleOwed } = await import('../engine/owed.ts')
  await settleOwed(session, moment)
    .then(() => session.record({ type: 'paused', signal: name }, moment))
    .catch(() => false)
  const production = productionStanding(session.state)
  const to = handOverIn(name)
  if (to !== null) return { outcome: 'held', why: `handed over to ${to}; ${production}` } as const
  return { outcome: 'stopped', why: `stopped by ${name}; ${production}` } as const
}

function stopName(reason: unknown): string {
  return signalOf(reason) ?? (isStop(reason) && typeof reason.cause === 'string' ? reason.cause : 'abort')
}
