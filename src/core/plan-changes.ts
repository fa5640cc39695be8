import { hashOf } from './hash.ts'
import type { Plan, PlannedPhase } from './plan.ts'
import { withoutPositions } from './plan-hash.ts'

/** What differs between the plan a launch was opened with and the run sheet of now, by the names people know: `metrics`, `phase rollout`. */
export function planChanges(stored: Plan, now: Plan): readonly string[] {
  const [before, after] = [withoutPositions(stored), withoutPositions(now)]
  // Object.keys of a plan gives exactly its keys.
  const parts = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (key) => key !== 'phases',
  ) as (keyof Plan)[]
  const changed = parts.filter((key) => hashOf(before[key] ?? null) !== hashOf(after[key] ?? null))
  return [...changed, ...phaseChanges(before.phases, after.phases)]
}

function phaseChanges(before: readonly PlannedPhase[], after: readonly PlannedPhase[]): readonly string[] {
  const names = [...new Set([...before, ...after].map(({ id }) => id))]
  const hash = (phases: readonly PlannedPhase[], name: string) => hashOf(phases.find(({ id }) => id === name) ?? null)
  return names.filter((name) => hash(before, name) !== hash(after, name)).map((name) => `phase ${name}`)
}
