import { LaunchError, messageOf } from '../core/errors.ts'
import type { Effect } from '../core/move.ts'
import type { PlannedStep } from '../core/plan.ts'
import { changesUsers } from '../core/touched.ts'
import { stepKind } from '../steps/registry.ts'
import { captureBaseline } from './baseline.ts'
import { environmentOf } from './look.ts'
import { confirmFlag, raiseFlag } from './raise-flag.ts'
import { rollBackLaunch } from './rollback.ts'
import type { Session } from './session.ts'

/** Does one effect: intent durable before, outcome after. What it could not finish, the next turn of the loop takes up. */
export async function perform(effect: Effect, session: Session, signal: AbortSignal): Promise<void> {
  switch (effect.type) {
    case 'run-step':
      return runStep(effect.step, session, signal)
    case 'raise-flag':
      return raiseFlag(effect.step, effect.percent, session, signal)
    case 'confirm-flag':
      return confirmFlag(effect.percent, effect.serial, session, signal)
    case 'capture-baseline':
      return captureBaseline(session, signal)
    case 'roll-back':
      return rollBackLaunch(effect, session, signal)
  }
}

async function runStep(step: PlannedStep, session: Session, signal: AbortSignal): Promise<void> {
  const { ports, plan } = session
  const kind = stepKind(step.kind)
  if (!kind.perform) throw new Error(`step kind "${step.kind}" has nothing to perform`)
  const begun = session.state.steps[step.id]
  const again = begun?.status === 'intended' && session.tried.has(step.id) ? begun.attempt : null
  const attempt = again ?? ports.random.id()
  if (again === null && !(await session.record({ type: 'step-intended', step: step.id, attempt }, signal))) return
  session.tried.add(step.id)
  const started = ports.clock.monotonicMs()
  const elapsed = () => Math.round(ports.clock.monotonicMs() - started)
  try {
    const context = { plan, state: session.state, step, environment: environmentOf(plan, step.environment), ports }
    const { summary, output } = await kind.perform(context, signal)
    await session.record({ type: 'step-done', step: step.id, attempt, summary, ms: elapsed(), output }, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError)) throw error
    // Production may be half-way: the loop takes the step up again until the service answers.
    if (error.outcome === 'unavailable' && step.environment === 'production' && changesUsers(step, stepKind)) throw error
    await session.record({ type: 'step-failed', step: step.id, attempt, code: error.code, message: messageOf(error), hint: error.hint, ms: elapsed() }, signal)
  }
}
