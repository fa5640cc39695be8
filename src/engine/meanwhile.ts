import { LaunchError } from '../core/errors.ts'
import type { Happening } from '../core/event.ts'
import type { GateLook, Move } from '../core/move.ts'
import type { PlannedStep } from '../core/plan.ts'
import type { Answer, Question } from '../core/ports.ts'
import { fold } from '../core/reduce.ts'
import { stageKey, stageNow, type LaunchState } from '../core/state.ts'
import { maxUnattendedMs } from '../core/unattended.ts'
import { lookAt } from './look.ts'
import type { Session } from './session.ts'

/** How often a launch is looked at while a question is open: real ms, for the sandbox's time stands still then. */
const pollMs = 2000

/** What became of a launch while its people were asked: the question still stands, or something else comes first. */
type Meanwhile = { readonly stands: true } | { readonly stands: false; readonly news: Happening | null }
export type LookMeanwhile = (signal: AbortSignal) => Promise<Meanwhile>

/** Asks, and takes the question back when something else comes first. Rejects as `people.ask` does. */
export async function askMeanwhile(
  question: Question,
  session: Session,
  look: LookMeanwhile,
  signal: AbortSignal,
): Promise<{ readonly answer: Answer | null } | Meanwhile> {
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

async function untilOvertaken(session: Session, look: LookMeanwhile, signal: AbortSignal): Promise<Meanwhile> {
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
  return async (signal) => {
    const flag = await session.ports.flag('production').read(signal)
    const [isOpen, events] = await Promise.all([session.log.isOpen(signal), session.log.read(signal)])
    const state = fold(events)
    if (!isOpen || !state || !isSame(asked, decideNow(state, flag))) return { stands: false, news: null }
    const look = exposedLook(session, state)
    const { clock } = session.ports
    if (look && clock.now() - state.last.at >= beatMs(look.step)) await beat(asked, session, signal)
    if (!look || clock.monotonicMs() - watchedAt < look.gate.everyMs) return { stands: true }
    watchedAt = clock.monotonicMs()
    const judged = await lookAt(look, session.plan, state, session.ports, signal, session.ranWell)
    return judged.verdict === 'fail' ? { stands: false, news: judged } : { stands: true }
  }
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

/** The gate of the newest canary stage, for evidence since users were shown it; null while nobody is. */
function exposedLook({ plan, ports }: Session, state: LaunchState): (GateLook & { readonly step: PlannedStep }) | null {
  const from = state.flag?.confirmedAt
  if (!from || !state.flag || state.flag.percent === 0) return null
  for (const step of plan.phases.flatMap((phase) => phase.steps)) {
    const stage = stageNow(state, step.id)
    if (!stage || !step.gate || stage.percent !== state.flag.percent) continue
    return {
      step,
      gate: step.gate,
      key: stageKey(step, stage.percent),
      phase: step.phase,
      window: { from, to: ports.clock.now() },
      stage: stage.percent,
      watch: true,
    }
  }
  return null
}
