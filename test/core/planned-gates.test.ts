import { expect, test } from 'vitest'
import type { PlannedGate, PlannedPhase, PlannedStep } from '../../src/core/plan.ts'
import { plannedGates } from '../../src/core/planned-gates.ts'
import { gate } from '../support/looks.ts'

const named = (id: string | null): PlannedGate | null => (id === null ? null : { ...gate(), id })

function step(id: string | null): PlannedStep {
  return { id: 'step', kind: 'canary', phase: 'phase', environment: 'production', spec: {}, gate: named(id) }
}

function phase(id: string | null, ...steps: readonly (string | null)[]): PlannedPhase {
  const own = { id: 'phase', title: '', at: null, environment: 'production', onFail: 'hold' } as const
  return { ...own, gate: named(id), steps: steps.map(step) }
}

test('a phase has its own gate first, then those of its steps; what has none leaves no gap', () => {
  const phases = [phase('preconditions'), phase(null, null, 'canary'), phase('full', 'monitor')]
  expect(plannedGates({ phases }).map(({ id }) => id)).toEqual(['preconditions', 'canary', 'full', 'monitor'])
})
