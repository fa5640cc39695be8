import { decide, type Goal } from '../core/decide.ts'
import { messageOf } from '../core/errors.ts'
import type { Outcome } from '../core/exit-code.ts'
import type { Move } from '../core/move.ts'
import type { World } from '../core/step.ts'
import { stepKind } from '../steps/registry.ts'
import { ask } from './ask.ts'
import { isNews, lookAt } from './look.ts'
import { perform } from './perform.ts'
import type { Session } from './session.ts'

export type RunOptions = { readonly goal: Goal; readonly leaveHeld: boolean; readonly guided: boolean }
export type RunEnd = { readonly outcome: Outcome; readonly why: string }

/**
 * Drives a launch towards a goal: read the flag, read the journal, decide, do, remember; again. Everything it does can be
 * taken up by another process at any point. Rejects with the signal's reason when aborted, after `paused` was journaled.
 */
export async function run(session: Session, options: RunOptions, signal: AbortSignal): Promise<RunEnd> {
  for (;;) {
    signal.throwIfAborted()
    // The flag first, the journal second: a decision is never based on a flag that is older than the journal it is held against.
    session.flag = await readFlag(session, signal)
    await session.refresh(signal)
    const move = decide(session.plan, session.state, options.goal, worldOf(session, options), stepKind)
    if (move.type === 'done') return { outcome: move.outcome, why: move.why }
    const declined = await carryOut(move, session, signal)
    if (declined) return declined
  }
}

async function carryOut(move: Exclude<Move, { type: 'done' }>, session: Session, signal: AbortSignal): Promise<RunEnd | null> {
  const { watcher, ports } = session
  switch (move.type) {
    case 'wait':
      watcher.onProgress(move.why, move.until)
      await ports.clock.sleepUntil(move.until, signal)
      return null
    case 'ask':
      watcher.onProgress(null, null)
      return ask(move.question, session, signal)
    case 'record':
      await session.record(move.happening, signal)
      return null
    case 'look': {
      const { look } = move
      const judged = await lookAt(look, session.plan, session.state, ports, signal, session.ranWell)
      if (isNews(judged, session.state.gates[look.key])) await session.record(judged, signal)
      const before = session.looks.get(look.key)
      session.looks.set(look.key, { first: before?.first ?? look.window.to, last: look.window.to })
      return null
    }
    case 'effect':
      await perform(move.effect, session, signal)
      return null
  }
}

function worldOf(session: Session, options: RunOptions): World {
  const { flag, looks, tried, unanswered, ports } = session
  return { now: ports.clock.now(), flag, looks, tried, unanswered, leaveHeld: options.leaveHeld, guided: options.guided }
}

/** Null when it cannot be read just now: `decide` then moves nothing forward. */
async function readFlag(session: Session, signal: AbortSignal): Promise<Session['flag']> {
  try {
    return await session.ports.flag('production').read(signal)
  } catch (error) {
    signal.throwIfAborted()
    session.watcher.onProgress(`the flag cannot be read: ${messageOf(error)}`, null)
    return null
  }
}
