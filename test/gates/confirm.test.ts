import { expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { needsOfGate } from '../../src/gates/judge-gate.ts'
import { evidence, gate, judge, planned, scope, start } from '../support/looks.ts'

const check = planned({ kind: 'confirm', ask: 'Is the KPI dashboard updating?' })
const need = {
  need: 'answer',
  id: 'rollout/is-the-kpi-dashboard-updating',
  ask: 'Is the KPI dashboard updating?',
} as const
const reply = (answer: 'yes' | 'no', note = '') =>
  judge(check, evidence([need, { answer, by: 'ana', at: start, note }]))

test('yes passes and no fails, with who said it and when', () => {
  expect(reply('yes')).toMatchObject({ verdict: 'pass', observed: 'yes', why: 'yes by ana at 2026-12-01T18:00:00Z' })
  expect(reply('no', 'adoption tile is empty')).toMatchObject({
    verdict: 'fail',
    why: 'no by ana at 2026-12-01T18:00:00Z: adoption tile is empty',
  })
})

test('nobody there is unknown', () => {
  expect(judge(check, evidence([need, missing('nobody is there to answer')]))).toMatchObject({
    verdict: 'unknown',
    why: 'nobody is there to answer',
  })
})

test('the question keeps its id over a resume and has another one in another phase', () => {
  expect(needsOfGate(gate(check), scope)).toEqual([need])
  expect(needsOfGate(gate(check), { ...scope, phase: 'closeout' })[0]).toMatchObject({
    id: 'closeout/is-the-kpi-dashboard-updating',
  })
  expect(needsOfGate(gate(planned({ kind: 'confirm', id: 'kpi', ask: 'KPI?' })), scope)[0]).toMatchObject({
    id: 'rollout/kpi',
  })
})
