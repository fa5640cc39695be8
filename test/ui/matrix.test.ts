import { expect, test } from 'vitest'
import { failingGate, matrixLines, newestGate } from '../../src/ui/matrix.ts'
import { watchedLaunches } from '../support/live-screens.ts'
import { stateOf } from '../support/views.ts'

const launches = await watchedLaunches()

test('the row of the decision matrix that a failing check is about stands first and is marked', () => {
  const { plan, events } = launches['rolled-back'] ?? { plan: null, events: [] }
  if (!plan) throw new Error('no journal')
  const gate = failingGate(stateOf(events))
  expect(gate?.stage).toBe(30)
  const lines = matrixLines(plan, gate)
  expect(lines[0]).toBe('▸ High: Performance degradation → Emergency rollback (launch rollback emergency)')
  expect(lines.filter((line) => line.startsWith('▸'))).toHaveLength(1)
  expect(lines).toHaveLength(plan.rollback.matrix.length)
})

test('where nothing fails no row is marked, and every row is there to decide by', () => {
  const { plan, events } = launches['held'] ?? { plan: null, events: [] }
  if (!plan) throw new Error('no journal')
  const state = stateOf(events)
  expect(failingGate(state)).toBeNull()
  expect(newestGate(state)?.stage).toBe(10)
  expect(matrixLines(plan, newestGate(state)).filter((line) => line.startsWith('▸'))).toEqual([])
})
