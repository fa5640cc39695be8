import { epochMs } from '../core/brand.ts'
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
      if (!yes) {
        const why = `sign-off as ${question.role} refused${note && `: ${note}`}`
        await session.record({ type: 'noted', text: why }, signal, by)
        return { outcome: 'held', why: `${why} (${by})` }
      }
      const { commit, artifact, planHash } = session.state
      const binding = { commit, artifact: artifact?.hash ?? null, plan: planHash }
      await session.record({ type: 'approved', role: question.role, note, binding }, signal, by)
      // What waited for it is looked at again at once.
      for (const [key, looked] of session.looks) session.looks.set(key, { ...looked, last: epochMs(0) })
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
      await session.record({ type: 'answered', question: question.id, answer: answer.answer, by, via, note }, signal)
      return yes ? null : { outcome: 'declined', why: `declined by ${by}: ${question.text}${note && ` ${note}`}` }
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
