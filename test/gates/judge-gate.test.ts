import { describe, expect, test } from 'vitest'
import { judgeGate, needsOfGate } from '../../src/gates/judge-gate.ts'
import { context, counter, evidence, gate, judge, metrics, planned, scope, series } from '../support/looks.ts'

const ratio = planned({ kind: 'ratio', id: 'error-rate', bad: 'errors', of: 'requests', below: '1%' })
const alarms = planned({ kind: 'alarms', names: ['latency'] })
const quiet = [
  { need: 'alarms' as const, names: ['latency'] },
  [{ name: 'latency', state: 'OK', since: null, reason: '' }],
] as const
const errors = (sum: number, requests = 1000) =>
  metrics(ratio, { errors: series({ all: counter(sum) }), requests: series({ all: counter(requests) }) })

describe('the verdict of a gate', () => {
  test('any fail fails, else any unknown is unknown, else it passes', () => {
    const verdict = (found: Parameters<typeof judgeGate>[1]) => judgeGate(gate(ratio, alarms), found, context()).verdict
    expect(verdict({ ...errors(0), ...evidence(quiet) })).toBe('pass')
    expect(verdict(errors(0))).toBe('unknown')
    expect(verdict(errors(500))).toBe('fail')
  })

  test('a gate of nothing, or of nothing but waived checks, is unknown', () => {
    expect(judgeGate(gate(), {}, context()).verdict).toBe('unknown')
    const waivers = { 'error-rate': { reason: 'known', by: 'ana' } }
    expect(judgeGate(gate(ratio), errors(500), context(10, { waivers })).verdict).toBe('unknown')
  })

  test('names each check with what it found', () => {
    const [check] = judgeGate(gate(ratio), errors(500), context()).checks()
    expect(check).toMatchObject({
      id: 'error-rate',
      kind: 'ratio',
      title: 'errors / requests < 1%',
      judgement: { verdict: 'fail', query: 'SUM(x); SUM(x)' },
    })
  })
})

describe('waivers', () => {
  const waivers = { 'error-rate': { reason: 'vendor outage, ticket 42', by: 'ana' } }

  test('turn a fail or an unknown into waived, with the reason, the name and the numbers', () => {
    expect(judge(ratio, errors(500), context(10, { waivers }))).toMatchObject({
      verdict: 'waived',
      observed: 0.5,
      limit: 0.01,
      why: 'waived by ana: vendor outage, ticket 42 (fail: errors 50% of 1,000 requests, limit 1%)',
    })
    expect(judge(ratio, {}, context(10, { waivers })).verdict).toBe('waived')
  })

  test('leave a pass a pass, and other checks alone', () => {
    expect(judge(ratio, errors(0), context(10, { waivers })).verdict).toBe('pass')
    expect(judge(alarms, {}, context(10, { waivers })).verdict).toBe('unknown')
  })
})

describe('observed checks', () => {
  test('are shown with their numbers and never block', () => {
    const observed = { ...ratio, spec: { ...ratio.spec, observe: true } }
    expect(judge(observed, errors(500))).toMatchObject({
      verdict: 'waived',
      observed: 0.5,
      why: 'observed only: fail, errors 50% of 1,000 requests, limit 1%',
    })
    expect(judge(observed, errors(0)).verdict).toBe('waived')
  })

  test('onFail: observe does not block with a fail, but unknown stays unknown', () => {
    const minor = planned({ kind: 'ratio', bad: 'errors', of: 'requests', below: '1%', onFail: 'observe' })
    expect([judge(minor, errors(500)).verdict, judge(minor, errors(0)).verdict, judge(minor, {}).verdict]).toEqual([
      'waived',
      'pass',
      'unknown',
    ])
  })
})

describe('the needs of a gate', () => {
  test('are asked once each, also those of checks inside a check', () => {
    const p95 = planned({ kind: 'percentile', metric: 'board-load', percentile: 95, below: '800ms' })
    const steady = planned({ kind: 'steady', traffic: 'requests', window: '15m', slos: 'slo' }, [ratio, p95])
    expect(needsOfGate(gate(ratio, steady), scope)).toEqual([
      { need: 'series', metric: 'errors' },
      { need: 'series', metric: 'requests' },
      { need: 'series', metric: 'board-load', cut: 800 },
      // The point that is shown covers the window of the check it is inside.
      { need: 'window', metric: 'board-load', stat: 'p95', lookbackMs: 900_000 },
    ])
  })

  test('survive a plan that was stored as JSON', () => {
    const stored: typeof ratio = JSON.parse(JSON.stringify(ratio))
    expect(judge(stored, errors(0)).verdict).toBe('pass')
  })
})

test('a kind that nobody knows is a bug, not a verdict', () => {
  expect(() => judgeGate(gate({ ...ratio, kind: 'vibes' }), {}, context())).toThrow('no check kind "vibes"')
})
