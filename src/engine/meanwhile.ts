import { LaunchError } from '../core/errors.ts'
import type { Move } from '../core/move.ts'
import type { PlannedStep } from '../core/plan.ts'
import type { Answer, Question } from '../core/ports.ts'
import { foldOn } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import { maxUnattendedMs } from '../core/unattended.ts'
import { exposedLook } from './exposed-look.ts'
import { lookAt, type GateJudged } from './look.ts'
import type { Session } from './session.ts'

/** How often a launch is looked at while a question is open: real ms, for the sandbox's time stands still then. */
const pollMs = 2000

/** How long after one that failed the next beat is tried. */
const beatRetryMs = 30_000

/** What became of a launch while its people were asked: the question still stands, or something else comes first. */
type Found = { readonly stands: true } | { readonly stands: false; readonly news: GateJudged | null }
type LookMeanwhile = (signal: AbortSignal) => Promise<Found>

/** How a launch is looked at while its people are asked, and what takes a verdict that comes before their answer. */
export type Meanwhile = {
  readonly look: LookMeanwhile
  readonly take: (judged: GateJudged, signal: AbortSignal) => Promise<void>
}

/** Asks, and takes the question back when something else comes first. Rejects as `people.ask` does. */
export async function askMeanwhile(
  question: Question,
  session: Session,
  look: LookMeanwhile,
  signal: AbortSignal,
): Promise<{ readonly answer: Answer | null } | Found> {
  const over = new AbortController()
  const either = AbortSignal.any([signal, over.signal])
  const asking = session.ports.people.ask(question, either).then((answer) => ({ answer }))
  const overtaken = untilOvertaken(session, look, either)
  try {
    return await Promise.race([asking, overtaken])
  } finally {
    over.abort()
    await Promise.allSettled([asking, overtaken])
  }
}

async function untilOvertaken(session: Session, look: LookMeanwhile, signal: AbortSignal): Promise<Found> {
  for (;;) {
    await session.ports.wait(pollMs, signal)
    const found = await look(signal).catch((error: unknown) => {
      if (signal.aborted || !(error instanceof LaunchError)) throw error
      return { stands: true } as const
    })
    if (!found.stands) return found
  }
}

/**
 * Looks at the journal, the flag and the gate of what users see, without a word on the screen: somebody may have answered,
 * stopped or rolled back elsewhere, and a canary goes on being watched while its person thinks.
 */
export function lookMeanwhile(
  asked: Move,
  session: Session,
  decideNow: (state: LaunchState, flag: Session['flag']) => Move,
): LookMeanwhile {
  let watchedAt = session.ports.clock.monotonicMs()
  let beatenAt = -Infinity
  let state = session.state
  return async (signal) => {
    const now = await readNow(session, signal)
    if (now.journal) {
      state = foldOn(state, now.journal.events)
      if (!now.journal.isOpen || (now.flag && !isSame(asked, decideNow(state, now.flag))))
        return { stands: false, news: null }
    }
    const look = isTheirs(now.flag, state) ? null : exposedLook(session, state)
    if (!look) return { stands: true }
    const { clock } = session.ports
    if (clock.monotonicMs() - watchedAt >= look.gate.everyMs) {
      watchedAt = clock.monotonicMs()
      const judged = await lookAt(look, session.plan, state, session.ports, signal, session.memory)
      if (judged.verdict === 'fail') return { stands: false, news: judged }
    }
    const isDue = clock.now() - state.last.at >= beatMs(look.step) && clock.monotonicMs() - beatenAt >= beatRetryMs
    if (now.journal && isDue) {
      beatenAt = clock.monotonicMs()
      // A journal that does not take it says so to nobody: what matters is that the gate goes on being watched.
      await orNull(beat(asked, session, signal), signal)
    }
    return { stands: true }
  }
}

/** Whether the flag is known to show users something else than this launch: nothing is judged then. */
function isTheirs(flag: Session['flag'], { id }: LaunchState): boolean {
  return flag?.status === 'present' && (flag.flag.launch !== id || flag.flag.latched)
}

/** The flag first. What cannot be read just now is null: the gate is watched all the same, by what was known last. */
async function readNow(session: Session, signal: AbortSignal) {
  const flag = await orNull(session.ports.flag('production').read(signal), signal)
  const journal = await orNull(Promise.all([session.log.isOpen(signal), session.log.read(signal)]), signal)
  return { flag, journal: journal && { isOpen: journal[0], events: journal[1] } }
}

async function orNull<T>(reading: Promise<T>, signal: AbortSignal): Promise<T | null> {
  return reading.catch((error: unknown) => {
    if (signal.aborted || !(error instanceof LaunchError)) throw error
    return null
  })
}

/** Often enough for whoever looks after unattended canaries, and rarely: every reader reads it. */
function beatMs(step: PlannedStep): number {
  return Math.min(5 * 60_000, maxUnattendedMs(step) / 3)
}

/** The session takes it up with its next turn: nothing on the screen moves under a question. */
async function beat(asked: Move, { log }: Session, signal: AbortSignal): Promise<void> {
  const question = asked.type === 'ask' ? asked.question.id : asked.type === 'look' ? asked.look.key : ''
  await log.append({ type: 'people-awaited', question }, signal)
}

function isSame(asked: Move, now: Move): boolean {
  if (asked.type === 'ask') return now.type === 'ask' && now.question.id === asked.question.id
  return asked.type === 'look' && now.type === 'look' && now.look.key === asked.look.key
}
