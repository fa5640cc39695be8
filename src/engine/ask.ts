import { epochMs } from '../core/brand.ts'
import type { Happening } from '../core/event.ts'
import type { Question } from '../core/ports.ts'
import { askMeanwhile, type Meanwhile } from './meanwhile.ts'
import type { RunEnd, Session } from './session.ts'
import type { LaunchState } from '../core/state.ts'

/** Asks the people and remembers what they said. An end when the answer ends this run; `overtaken` when something else came first. */
export async function ask(
  question: Question,
  session: Session,
  meanwhile: Meanwhile,
  signal: AbortSignal,
): Promise<RunEnd | 'overtaken' | null> {
  session.watcher.onProgress(null, null)
  const asked = await askMeanwhile(question, session, meanwhile.look, signal)
  if ('stands' in asked) {
    if (!asked.stands && asked.news) await meanwhile.take(asked.news, signal)
    return 'overtaken'
  }
  const { answer } = asked
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
        await remember({ type: 'noted', text: why }, session, signal, by)
        return { outcome: 'held', why: `${why} (${by})` }
      }
      const { commit, artifact, planHash } = session.state
      const binding = { commit, artifact: artifact?.hash ?? null, plan: planHash }
      await remember({ type: 'approved', role: question.role, note, binding }, session, signal, by)
      // What waited for it is looked at again at once.
      for (const [key, looked] of session.looks) session.looks.set(key, { ...looked, last: epochMs(0) })
      return null
    }
    case 'go':
      await remember({ type: 'go-decided', decision: yes ? 'go' : 'no-go', note, via }, session, signal, by)
      return null
    case 'held':
      // It names the stage that was held: by the time it is read another one may stand there.
      await remember(
        { type: 'canary-asked', ask: yes ? 'promote' : 'abort', stage: heldStage(session.state), reason: note },
        session,
        signal,
        by,
      )
      return null
    case 'failed':
      await remember({ type: 'answered', question: question.id, answer: answer.answer, by, via, note }, session, signal)
      if (yes) lookAfresh(question.gate, session)
      else session.unanswered.add(question.id)
      return null
    case 'proceed':
      await remember({ type: 'answered', question: question.id, answer: answer.answer, by, via, note }, session, signal)
      return yes ? null : { outcome: 'declined', why: `declined by ${by}: ${question.text}${note && ` ${note}`}` }
    case 'confirm':
      // Not asked again and again by one process; the next one asks again after a no.
      if (!yes) session.unanswered.add(question.id)
      await remember({ type: 'answered', question: question.id, answer: answer.answer, by, via, note }, session, signal)
      return null
  }
}

/** As a new process would: the gate is gathered anew, and what it asks of people is asked again. */
function lookAfresh(gate: string, { looks, unanswered }: Session): void {
  looks.delete(gate)
  unanswered.clear()
}

/** What a person said stays true when somebody else wrote first: it is not asked for again. */
async function remember(happening: Happening, session: Session, signal: AbortSignal, by?: string): Promise<void> {
  while (!(await session.record(happening, signal, by))) signal.throwIfAborted()
}

function heldStage(state: LaunchState): number | null {
  const held = Object.values(state.stages).flatMap((stages) => stages.filter(({ status }) => status === 'held'))
  return held.at(-1)?.percent ?? null
}
