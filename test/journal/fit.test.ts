import { expect, test } from 'vitest'
import { epochMs, sha256Hex } from '../../src/core/brand.ts'
import { missing } from '../../src/core/evidence.ts'
import type { Happening } from '../../src/core/event.ts'
import { eventLimitBytes, fitted } from '../../src/journal/fit.ts'
import { result } from '../support/journal-builder.ts'

type Judged = Extract<Happening, { type: 'gate-judged' }>

function judged(evidence: Judged['evidence'], why = 'slow'): Judged {
  return {
    type: 'gate-judged',
    gate: 'slo',
    key: 'slo',
    phase: 'p',
    bakedMs: 0,
    environment: 'production',
    artifact: sha256Hex('a'),
    verdict: 'fail',
    checks: [result('p95', 'percentile', 'p95 < 800ms', { verdict: 'fail', observed: 1240, why })],
    evidence,
    window: { from: epochMs(0), to: epochMs(1) },
    stage: null,
  }
}
const minutes = Array.from({ length: 9000 }, (_, i) => ({ start: epochMs(i), count: 1, sum: i, over: null }))
const value = { periodMs: 60_000, lagMs: 0, query: 'q', minutes: { all: minutes }, alive: null }
const seen = { status: 'seen', value } as const

test('of a gate that was judged on too much, what was seen goes and is said to have gone; all else stays', () => {
  const kept = fitted(judged({ latency: seen, alarms: missing('no rights') }, 'x'.repeat(3000)))
  const kib = Math.ceil(JSON.stringify(seen).length / 1024)
  expect(kept).toEqual({
    ...judged({}, 'x'.repeat(3000)),
    evidence: { latency: missing(`not kept: ${kib} KiB, more than an event holds`), alarms: missing('no rights') },
  })
})

test('texts that are still too long keep their first two thousand signs, numbers and everything short stay', () => {
  const text = 'ab'.repeat(eventLimitBytes)
  const kept = fitted(judged({ latency: seen }, text))
  expect(kept).toMatchObject({
    checks: [{ title: 'p95 < 800ms', judgement: { observed: 1240 } }],
    stage: null,
    bakedMs: 0,
  })
  expect(JSON.stringify(kept)).toContain(`"why":"${'ab'.repeat(1000)}…"`)
  expect(fitted({ type: 'noted', text })).toEqual({ type: 'noted', text: `${'ab'.repeat(1000)}…` })
})

test('a text of just two thousand signs is not cut', () => {
  const failed = { type: 'step-failed', step: 's', attempt: 'a', code: 'c', ms: 1 } as const
  const message = 'm'.repeat(2000)
  expect(fitted({ ...failed, message, hint: 'h'.repeat(eventLimitBytes) })).toEqual({
    ...failed,
    message,
    hint: `${'h'.repeat(2000)}…`,
  })
})
