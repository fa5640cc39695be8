import { expect, test } from 'vitest'
import { missing } from '../../src/core/evidence.ts'
import { at, context, judge, metrics, minute, planned, series } from '../support/looks.ts'

const check = planned({ kind: 'data', metrics: ['board-load', 'requests'], within: '10m' })
const fresh = series({ all: [minute(28, 5, 5), minute(29, 5, 5)] })
const where = context(30)

test('fresh metrics pass', () => {
  expect(judge(check, metrics(check, { 'board-load': fresh, requests: fresh }), where)).toMatchObject({
    verdict: 'pass',
    observed: '2 of 2 fresh',
    samples: 20,
  })
})

test('a metric whose newest minute is ten minutes old is fresh, eleven is stale', () => {
  const last = (index: number) =>
    metrics(check, { 'board-load': series({ all: [minute(index, 5, 5)] }), requests: fresh })
  expect(judge(check, last(19), where).verdict).toBe('pass')
  expect(judge(check, last(18), where)).toMatchObject({ verdict: 'unknown', why: 'board-load: newest data is 11m old' })
})

test('each metric without data or reply is named', () => {
  expect(
    judge(check, metrics(check, { 'board-load': series({ all: [] }), requests: missing('Forbidden') }), where),
  ).toMatchObject({
    verdict: 'unknown',
    why: 'board-load: no data in 10m; requests: Forbidden',
  })
  expect(judge(check, metrics(check, { requests: fresh }), where).verdict).toBe('unknown')
})

test('a metric that has no data under its name says so', () => {
  const trouble = 'no metric StatusBoard/BoardLoadMS; there is BoardLoadMs'
  const found = metrics(check, { 'board-load': series({ all: [] }, { trouble }), requests: fresh })
  expect(judge(check, found, where).why).toBe(`board-load: no data in 10m: ${trouble}`)
})

test('minutes from before the gate began count, for freshness is about now', () => {
  const began = { ...where, window: { from: at(31), to: where.window.to } }
  expect(judge(check, metrics(check, { 'board-load': fresh, requests: fresh }), began).verdict).toBe('pass')
})

test('a sparse metric is as fresh as its heartbeat', () => {
  const errors = series({ all: [] }, { alive: [at(29)] })
  expect(judge(check, metrics(check, { 'board-load': errors, requests: fresh }), where).verdict).toBe('pass')
})
