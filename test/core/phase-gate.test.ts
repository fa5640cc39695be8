import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { evidenceFrom, phaseGateMove } from '../../src/core/phase-gate.ts'
import type { PlannedPhase } from '../../src/core/plan.ts'
import type { World } from '../../src/core/step.ts'
import {
  artifact,
  baking,
  begun,
  deployed,
  done,
  lookedAt,
  plan,
  stateOf,
  verdictOf,
  worldAt,
} from '../support/core-launch.ts'

const phase = (id: string): PlannedPhase => {
  const found = plan.phases.find((one) => one.id === id)
  if (!found) throw new Error(`no phase ${id}`)
  return found
}
const staging = phase('staging')
const verify = phase('verify')
type Told = ReturnType<typeof begun>
function move(told: Told, more: Partial<World> = {}, of = staging) {
  const looks = lookedAt(told.now(), of.gate?.id ?? '')
  return phaseGateMove(plan, stateOf(told.events), of, worldAt(told.now(), { looks, ...more }))
}
const ready = (told: Told, verdict: 'pass' | 'fail' | 'unknown') =>
  told.add(verdictOf(told, 'ready', verdict, { gate: 'ready', phase: 'staging' }))
const signedOff = { unanswered: new Set(['approval/qa-lead']) }

test('a phase without a gate passes', () => {
  expect(move(begun(), {}, { ...staging, gate: null })).toBeNull()
})

test('looks first, and believes a pass only as long as nothing newer was done and the artifact is the same', () => {
  const told = begun(artifact)
  expect(move(told)).toMatchObject({ type: 'look', look: { key: 'ready', watch: false } })
  expect(move(ready(told, 'pass'))).toBeNull()
  expect(move(told.after('1s').add(done('staging/smoke')))).not.toBeNull()
  const rebuilt = ready(begun(artifact), 'pass')
  const state = stateOf(rebuilt.events)
  const other = { ...state, artifact: state.artifact && { ...state.artifact, hash: 'b'.repeat(64) as never } }
  expect(phaseGateMove(plan, other, staging, worldAt(rebuilt.now()))).toMatchObject({ type: 'look' })
})

test('an unknown is asked again until its patience ends, then the launch is held; it never passes', () => {
  const told = ready(begun(artifact), 'unknown')
  expect(move(told, signedOff)).toMatchObject({ type: 'wait', until: told.now() + 30_000 })
  const looks = lookedAt(told.now(), 'ready')
  expect(move(told.after('30s'), { ...signedOff, looks })).toMatchObject({ type: 'look' })
  expect(move(told.after('30s'), { ...signedOff, looks })).toMatchObject({
    type: 'done',
    outcome: 'held',
    why: expect.stringContaining('it is unknown'),
  })
})

test('asks for the sign-offs that are missing while it waits', () => {
  const told = begun(artifact)
  told.add(verdictOf(told, 'ready', 'unknown', { gate: 'ready', phase: 'staging', check: 'signed' }))
  expect(move(told)).toMatchObject({ type: 'ask', question: { type: 'approval', role: 'qa-lead' } })
  expect(move(told, signedOff)).toMatchObject({ type: 'wait' })
})

test('a fail before production changed refuses; after it, it does what the phase says', () => {
  expect(move(ready(begun(artifact), 'fail'))).toMatchObject({ type: 'done', outcome: 'refused' })
  const failed = (told: Told) => told.add(verdictOf(told, 'full', 'fail', { gate: 'full', phase: 'verify' }))
  expect(move(failed(begun(artifact)), {}, verify)).toMatchObject({ outcome: 'refused' })
  expect(move(failed(baking(100)), {}, verify)).toMatchObject({
    effect: { type: 'roll-back', kind: 'full', trigger: 'gate' },
  })
  expect(move(failed(baking(100)), {}, { ...verify, onFail: 'emergency' })).toMatchObject({
    effect: { kind: 'emergency' },
  })
  expect(move(failed(baking(100)), {}, { ...verify, onFail: 'hold' })).toMatchObject({ type: 'done', outcome: 'held' })
})

test('whoever follows is asked for another look at a gate that failed, as long as production did not change', () => {
  const told = ready(begun(artifact), 'fail')
  const refused = move(told)
  expect(refused).toMatchObject({ type: 'done', outcome: 'refused' })
  const asked = move(told, { guided: true })
  expect(asked).toMatchObject({ type: 'ask', question: { type: 'failed', id: 'again/ready', gate: 'ready' } })
  expect(move(told, { guided: true, unanswered: new Set(['again/ready']) })).toEqual(refused)
  expect(move(ready(baking(), 'fail'), { guided: true })).toMatchObject({ type: 'done', outcome: 'refused' })
})

test('evidence counts from the confirmed flag change, from the staging deploy, or for the last quarter of an hour', () => {
  const told = baking(100).after('1h')
  const state = stateOf(told.events)
  expect(evidenceFrom(state, 'production', told.now())).toBe(state.flag?.confirmedAt)
  expect(evidenceFrom(state, 'staging', told.now())).toBe(state.deployments['staging']?.at)
  const fresh = begun()
  expect(evidenceFrom(stateOf(fresh.events), 'production', fresh.now())).toBe(fresh.now() - 900_000)
  expect(evidenceFrom(stateOf(fresh.add(deployed('production', 'x')).events), 'staging', fresh.now())).toBe(
    fresh.now() - 900_000,
  )
})

test('what people read of a gate: why it failed, what it waits for, whom it asks', () => {
  const failed = ready(begun(artifact), 'fail')
  expect(move(failed)).toEqual({
    type: 'done',
    outcome: 'refused',
    why: 'gate ready failed: errors / requests < 1%: 20% (2,104 samples)',
  })
  const told = ready(begun(artifact), 'unknown')
  expect(move(told, signedOff)).toEqual({
    type: 'wait',
    until: told.now() + (staging.gate?.everyMs ?? 0),
    why: 'gate ready is not decided: errors / requests < 1%: it is unknown',
  })
  const asking = begun(artifact)
  asking.add(verdictOf(asking, 'ready', 'unknown', { gate: 'ready', phase: 'staging', check: 'signed' }))
  expect(move(asking)).toEqual({
    type: 'ask',
    question: { type: 'approval', id: 'approval/qa-lead', role: 'qa-lead', statement: 'All scenarios passed' },
  })
})

test('a gate is looked at over the time since its version serves, until now', () => {
  const told = begun(artifact, deployed('staging', 'staging/deploy'))
  const from = told.now()
  told.after('1m')
  expect(move(told, { looks: new Map() })).toEqual({
    type: 'look',
    look: {
      gate: staging.gate,
      key: 'ready',
      phase: 'staging',
      window: { from, to: told.now() },
      stage: null,
      watch: false,
    },
  })
})

test('a gate is asked again when it is due, and held the moment its patience ends', () => {
  const told = ready(begun(artifact), 'unknown')
  const gate = staging.gate
  if (!gate) throw new Error('no gate')
  const looked = (first: number, last: number) => ({
    ...signedOff,
    looks: new Map([['ready', { first: epochMs(told.now() - first), last: epochMs(told.now() - last) }]]),
  })
  expect(move(told, looked(gate.patienceMs - 1, gate.everyMs - 1))).toMatchObject({
    type: 'wait',
    until: told.now() + 1,
  })
  expect(move(told, looked(gate.patienceMs - 1, gate.everyMs))).toMatchObject({ type: 'look' })
  expect(move(told, looked(gate.patienceMs, 0))).toMatchObject({ type: 'done', outcome: 'held' })
})
