import type { Outcome } from './rollout.ts'
import type { Scenario } from './scenarios.ts'

/** All runs of one method in one world. */
export type Cell = {
  readonly method: string
  readonly scenario: string
  readonly release: Scenario['release']
  readonly rpm: number
  readonly outcomes: readonly Outcome[]
}

export function share(cell: Cell, ...ends: readonly Outcome['end'][]): number {
  return (100 * cell.outcomes.filter(({ end }) => ends.includes(end)).length) / cell.outcomes.length
}

export function medianDelay(cell: Cell): number | null {
  const delays = cell.outcomes.flatMap(({ end, sinceOnset }) =>
    end === 'rolled-back' && sinceOnset !== null ? [sinceOnset] : [],
  )
  delays.sort((a, b) => a - b)
  return delays[delays.length >> 1] ?? null
}

/** Mean requests that the new version served while it was bad. */
export function exposed(cell: Cell): number {
  return cell.outcomes.reduce((sum, outcome) => sum + outcome.exposed, 0) / cell.outcomes.length
}

export function percent(value: number): string {
  return value === 0 || value === 100 ? String(value) : value.toFixed(1)
}
