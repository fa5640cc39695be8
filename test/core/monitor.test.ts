import { expect, test } from 'vitest'
import { nextMonitorMove, monitorBreach } from '../../src/core/monitor.ts'
import { baking, lookedAt, plannedStep, stateOf, verdictOf, worldAt } from '../support/core-launch.ts'

const step = plannedStep('verify/monitor')
if (!step.gate) throw new Error('no gate')
const { gate } = step
const watching = () => baking(100).add({ type: 'step-intended', step: step.id, attempt: 'a' })
type Told = ReturnType<typeof watching>
const move = (told: Told, more = {}, withGate: typeof gate | null = gate) =>
  nextMonitorMove(900_000, step, withGate, stateOf(told.events), worldAt(told.now(), more))

test('begins, looks, waits for the next look, and is done once its evidence is whole', () => {
  const told = baking(100)
  expect(move(told)).toMatchObject({ happening: { type: 'step-intended', step: step.id } })
  told.add({ type: 'step-intended', step: step.id, attempt: 'a' })
  expect(move(told)).toMatchObject({ type: 'look', look: { key: step.id, watch: true } })
  expect(move(told, { looks: lookedAt(told.now(), step.id) })).toEqual({
    type: 'wait',
    until: told.now() + gate.everyMs,
    why: 'watching',
  })
  told.after('15m').add(verdictOf(told, step.id, 'pass', { bakedMs: 899_000 }))
  expect(move(told)).toMatchObject({ type: 'look' })
  told.after('1m').add(verdictOf(told, step.id, 'pass', { bakedMs: 900_000 }))
  expect(move(told)).toMatchObject({
    happening: { type: 'step-done', summary: '15 minutes of settled evidence, nothing failed' },
  })
  expect(move(told.add({ type: 'step-done', step: step.id, attempt: 'a', summary: '', ms: 1, output: {} }))).toBeNull()
})

test('without data it ends after its patience and says how little it saw', () => {
  const told = watching().after('15m')
  told.add(verdictOf(told, step.id, 'unknown', { bakedMs: 120_000 }))
  const hours = (gate.patienceMs + 1000) / 1000
  expect(move(told.after(`${hours}s`))).toMatchObject({
    happening: { type: 'step-done', summary: 'only 2 minutes of settled evidence came in time' },
  })
})

test('a breach is named with its value', () => {
  const told = watching()
  expect(monitorBreach(step, stateOf(told.events))).toBeNull()
  told.add(verdictOf(told, step.id, 'fail'))
  expect(monitorBreach(step, stateOf(told.events))).toBe('errors / requests < 1%: 20% (2,104 samples)')
})

test('a monitor without a gate only lets time pass', () => {
  const told = watching()
  expect(move(told, {}, null)).toEqual({ type: 'wait', until: told.now() + 900_000, why: 'watching' })
  expect(move(told.after('15m'), {}, null)).toMatchObject({ happening: { type: 'step-done' } })
})
