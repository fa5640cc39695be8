import type { LaunchId } from '../core/brand.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Happening } from '../core/event.ts'
import type { LaunchState } from '../core/state.ts'
import type { Then } from '../journal/events.ts'
import type { GateJudged } from './look.ts'
import type { Session } from './session.ts'

/** What a driver may do before its journal knows: turn the flag off, for a verdict. */
export type Owable = GateJudged | Extract<Happening, { type: 'rolled-back' }>

/** What was done and is not journaled yet, with the time and the id that its event will have. */
export type Owed = { readonly happening: Owable; readonly signed: Then }

/** Where a machine keeps what a journal is owed: on disk when `keep` resolves, so that it outlives the process. */
export type OwedSpool = {
  keep(owed: Owed, launch: LaunchId): Promise<void>
  drop(owed: Owed): Promise<void>
}

/** Takes down what was done, oldest first, before the journal is tried. Trouble with the disk is said and stops nothing. */
export async function owe(owed: readonly Owed[], session: Session): Promise<void> {
  const { spool } = session.ports
  session.owed.push(...owed)
  for (const one of owed) {
    await spool?.keep(one, session.log.launch).catch((error: unknown) => {
      session.watcher.onProgress(`what was done cannot be kept on this machine: ${messageOf(error)}`, null)
    })
  }
}

/** Tells the journal what was done without it. Nothing is told twice: an event is known by its id, a rollback by its write. */
export async function settleOwed(session: Session, signal: AbortSignal): Promise<void> {
  if (session.owed.length === 0) return
  for (let next = session.owed[0]; next; next = session.owed[0]) {
    if (!isTold(next, session.state)) await tell(next, session, signal)
    // One that cannot be removed is found to be told by whoever flushes it.
    await session.ports.spool?.drop(next).catch(() => undefined)
    session.owed.shift()
  }
  await session.refresh(signal)
}

function isTold({ happening }: Owed, { rollbacks }: LaunchState): boolean {
  return happening.type === 'rolled-back' && rollbacks.some(({ writeId }) => writeId === happening.writeId)
}

/** A journal that is full takes rollbacks only: the verdict before it is let go. */
async function tell({ happening, signed }: Owed, { log }: Session, signal: AbortSignal): Promise<void> {
  try {
    await log.appendLate(happening, signed, signal)
  } catch (error) {
    if (!(error instanceof LaunchError) || error.code !== 'REFUSED') throw error
  }
}
