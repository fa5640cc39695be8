import { nextCanaryMove, type CanaryRules } from '../../src/core/canary.ts'
import type { Happening } from '../../src/core/event.ts'
import type { PlannedGate } from '../../src/core/plan.ts'
import type { World } from '../../src/core/step.ts'
import type { JournalBuilder } from './journal-builder.ts'
import { lookedAt, plannedStep, stateOf, verdictOf, worldAt } from './core-launch.ts'

/** The canary of a launch told by hand, and the move that follows. */
const step = plannedStep('rollout/canary')
if (!step.gate) throw new Error('no gate')
export const { gate } = step
export const rules: CanaryRules = {
  stages: [10, 100],
  bakeMs: 60_000,
  everyMs: 30_000,
  extendUpTo: 3,
  onInconclusive: 'hold',
  maxUnattendedMs: 900_000,
}
export const key = 'rollout/canary@10'

export function move(
  told: JournalBuilder,
  more: Partial<World> = {},
  changes: Partial<CanaryRules> = {},
  of: PlannedGate = gate,
) {
  const looks = lookedAt(told.now(), key)
  return nextCanaryMove(
    { ...rules, ...changes },
    step,
    of,
    stateOf(told.events),
    worldAt(told.now(), { looks, ...more }),
  )
}
export const judgedAs = (told: JournalBuilder, verdict: 'pass' | 'fail' | 'unknown', bakedMs = 60_000) =>
  told.add(verdictOf(told, key, verdict, { stage: 10, bakedMs }))

/** What somebody on another machine asks of a canary. */
export const asked = (ask: 'pause' | 'resume' | 'promote' | 'abort', stage: number | null = 10): Happening => ({
  type: 'canary-asked',
  ask,
  stage,
  reason: 'r',
})
