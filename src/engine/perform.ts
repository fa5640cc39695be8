import { environmentOf } from '../core/environment-of.ts'
import { LaunchError } from '../core/errors.ts'
import type { Effect } from '../core/move.ts'
import type { PlannedStep } from '../core/plan.ts'
import type { StepKind, StepResult } from '../core/step.ts'
import { productionTouched } from '../core/touched.ts'
import { stepKind } from '../steps/registry.ts'
import { captureBaseline } from './baseline.ts'
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
  const { ports } = session
  const kind = stepKind(step.kind)
  if (!kind.perform) throw new Error(`step kind "${step.kind}" has nothing to perform`)
  const begun = session.state.steps[step.id]
  const again = begun?.status === 'intended' && session.tried.has(step.id) ? begun.attempt : null
  const attempt = again ?? ports.random.id()
  if (again === null && !(await session.record({ type: 'step-intended', step: step.id, attempt }, signal))) return
  session.tried.add(step.id)
  const started = ports.clock.monotonicMs()
  const elapsed = () => Math.round(ports.clock.monotonicMs() - started)
  const result = await attempted(kind.perform, step, session, signal)
  if (result instanceof LaunchError) {
    const { code, message, hint } = result
    await session.record({ type: 'step-failed', step: step.id, attempt, code, message, hint, ms: elapsed() }, signal)
    return
  }
  await session.record({ type: 'step-done', step: step.id, attempt, ...result, ms: elapsed() }, signal)
}

/** What came of a step: its result, or why it failed. Throws what is no answer to that: an abort, a bug, a service that is away. */
async function attempted(
  perform: NonNullable<StepKind['perform']>,
  step: PlannedStep,
  { plan, state, ports: given, watcher }: Session,
  signal: AbortSignal,
): Promise<StepResult | LaunchError> {
  const ports = { ...given, progress: (text: string) => watcher.onProgress(text, null) }
  try {
    return await perform({ plan, state, step, environment: environmentOf(plan, step.environment), ports }, signal)
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError)) throw error
    // Production may be half-way: the loop takes the step up again until the service answers.
    if (error.outcome === 'unavailable' && productionTouched(plan, state, stepKind)) throw error
    return error
  }
}
