import { Duration } from '../core/fields.ts'
import { monitorBreach, nextMonitorMove } from '../core/monitor.ts'
import { defineStep } from '../core/step.ts'
import { hasChanged } from '../core/state.ts'

export const monitor = defineStep({
  kind: 'monitor',
  about: 'watches the gate of its phase for a while of settled evidence; a breach acts as the phase says',
  example: '{ monitor: 15m }',
  spec: Duration,
  changes: () => 'nothing',
  environment: (_spec, phaseEnvironment) => phaseEnvironment,
  plannedMs: (spec, settlingMs) => spec + settlingMs,
  title: (_spec, environment) => `monitor ${environment}`,
  next: (spec, step, plan, state, world) => {
    const breach = monitorBreach(step, state)
    if (breach === null || !world.looks.has(step.id)) return nextMonitorMove(spec, step, step.gate, state, world)
    const onFail = plan.phases.find((phase) => phase.id === step.phase)?.onFail
    if (
      (onFail === 'emergency' || onFail === 'full') &&
      step.environment === 'production' &&
      hasChanged(state, 'production')
    ) {
      return { type: 'effect', effect: { type: 'roll-back', kind: onFail, reason: breach, trigger: 'monitor' } }
    }
    return { type: 'done', outcome: onFail === 'hold' ? 'held' : 'refused', why: breach }
  },
})
