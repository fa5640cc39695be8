import type { Question } from '../core/ports.ts'
import type { RunEnd } from './run.ts'
import type { Session } from './session.ts'

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
      await session.record({ type: 'canary-asked', ask: yes ? 'promote' : 'abort', stage: null, reason: note }, signal, by)
      return null
    case 'proceed':
      if (!yes) return { outcome: 'declined', why: `declined by ${by}: ${question.text}` }
      await session.record({ type: 'answered', question: question.id, answer: 'yes', by, via, note }, signal)
      return null
    case 'confirm':
      await session.record({ type: 'answered', question: question.id, answer: answer.answer, by, via, note }, signal)
      return null
  }
}
