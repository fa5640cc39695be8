import type { Question } from '../core/ports.ts'
import type { RunEnd } from './run.ts'
import type { Session } from './session.ts'
import type { LaunchState } from '../core/state.ts'

/** Asks the people and remembers what they said. An end when the answer ends this run. */
export async function ask(question: Question, session: Session, signal: AbortSignal): Promise<RunEnd | null> {
  const answer = await session.ports.people.ask(question, signal)
  if (!answer) {
    session.unanswered.add(question.id)
    return null
  }
  const { by, via, note } = answer
  const yes = answer.answer === 'yes'
  switch (question.type) {
    case 'approval': {
      if (!yes) session.unanswered.add(question.id)
      const { commit, artifact, planHash } = session.state
      const binding = { commit, artifact: artifact?.hash ?? null, plan: planHash }
      if (yes) await session.record({ type: 'approved', role: question.role, note, binding }, signal, by)
      return null
    }
    case 'go':
      await session.record({ type: 'go-decided', decision: yes ? 'go' : 'no-go', note, via }, signal, by)
      return null
    case 'held':
      // It names the stage that was held: by the time it is read another one may stand there.
      await session.record({ type: 'canary-asked', ask: yes ? 'promote' : 'abort', stage: heldStage(session.state), reason: note }, signal, by)
      return null
    case 'proceed':
      if (!yes) return { outcome: 'declined', why: `declined by ${by}: ${question.text}` }
      await session.record({ type: 'answered', question: question.id, answer: 'yes', by, via, note }, signal)
      return null
    case 'confirm':
      // Not asked again and again by one process; the next one asks again after a no.
      if (!yes) session.unanswered.add(question.id)
      await session.record({ type: 'answered', question: question.id, answer: answer.answer, by, via, note }, signal)
      return null
  }
}

function heldStage(state: LaunchState): number | null {
  const held = Object.values(state.stages).flatMap((stages) => stages.filter(({ status }) => status === 'held'))
  return held.at(-1)?.percent ?? null
}
