import { expect, test } from 'vitest'
import { missing, type Finding } from '../../src/core/evidence.ts'
import { needsOfGate } from '../../src/gates/judge-gate.ts'
import { Check } from '../../src/gates/registry.ts'
import { context, evidence, gate, judge, planned, scope } from '../support/looks.ts'

const url = 'https://sb.example'
const answer = (status: number, ms = 40) => ({ status, ms, bodyStart: '' })
const judged = (check: ReturnType<typeof planned>, answers: { readonly [path: string]: unknown }) =>
  judge(
    check,
    evidence(
      ...Object.entries(answers).map(
        ([at, value]) => [{ need: 'http' as const, url: at, timeoutMs: 10_000 }, value] as const,
      ),
    ),
  )

const health = planned({ kind: 'http', health: true })

test('health asks every health path of the environment', () => {
  expect(needsOfGate(gate(health), scope)).toEqual([
    { need: 'http', url: `${url}/api/health`, timeoutMs: 10_000 },
    { need: 'http', url: `${url}/`, timeoutMs: 10_000 },
  ])
  expect(judged(health, { [`${url}/api/health`]: answer(200), [`${url}/`]: answer(200) })).toMatchObject({
    verdict: 'pass',
    observed: '2 of 2 right',
    limit: '200',
  })
})

test('another status fails and is named', () => {
  expect(judged(health, { [`${url}/api/health`]: answer(503), [`${url}/`]: answer(200) })).toMatchObject({
    verdict: 'fail',
    why: `${url}/api/health answers 503, not 200`,
  })
})

test('no answer is unknown', () => {
  const silent: Finding = missing('no answer within 10s')
  expect(judged(health, { [`${url}/api/health`]: silent, [`${url}/`]: answer(200) })).toMatchObject({
    verdict: 'unknown',
    why: `${url}/api/health: no answer within 10s`,
  })
  expect(judged(health, {}).verdict).toBe('unknown')
})

test('an environment without health paths is unknown, not a pass', () => {
  const bare = context(10, { scope: { ...scope, environment: { url, health: [] } } })
  expect(judge(health, {}, bare).verdict).toBe('unknown')
})

test('addresses of its own, another status and a limit in time', () => {
  const check = planned({ kind: 'http', urls: ['/old', 'https://docs.example/x'], expect: 404, below: '50ms' })
  expect(check.title).toBe('/old, https://docs.example/x answers 404 < 50ms')
  expect(judged(check, { [`${url}/old`]: answer(404, 49), 'https://docs.example/x': answer(404, 49) }).verdict).toBe(
    'pass',
  )
  expect(judged(check, { [`${url}/old`]: answer(404, 50), 'https://docs.example/x': answer(404, 49) }).verdict).toBe(
    'fail',
  )
})

test('an address that is neither a path nor http is refused', () => {
  expect(Check.safeParse({ kind: 'http', urls: ['sb.example'] }).success).toBe(false)
})
