import { expect, test } from 'vitest'
import { version } from '../../src/core/brand.ts'
import type { FlagReading } from '../../src/core/flag.ts'
import { Check } from '../../src/gates/registry.ts'
import { evidence, judge, planned, start } from '../support/looks.ts'

const off = planned({ kind: 'flag', default: 'off' })
const full = planned({ kind: 'flag', percent: '100%' })

function at(percent: number, latched = false): FlagReading {
  const flag = {
    key: 'k',
    percent,
    serial: 1,
    writeId: 'w',
    latched,
    acks: [],
    launch: null,
    updatedAt: start,
    updatedBy: 'x',
    reason: '',
  }
  return { status: 'present', flag, version: version('"1"') }
}
const absent: FlagReading = { status: 'absent' }
const judged = (check: typeof off, store: FlagReading, edge: FlagReading | null) =>
  judge(check, evidence([{ need: 'flag' }, { store, edge }]))

test('off is 0 % in the store and at the edge, or no flag at all', () => {
  expect(judged(off, at(0), at(0))).toMatchObject({ verdict: 'pass', observed: 0, limit: 0, unit: 'percent' })
  expect(judged(off, absent, absent)).toMatchObject({
    verdict: 'pass',
    why: 'the store has no flag yet, which is off; the edge has no flag yet, which is off',
  })
  expect(judged(off, absent, null).why).toMatch(/no edge to read$/)
})

test('anybody exposed fails a flag that must be off', () => {
  expect(judged(off, at(0.01), at(0))).toMatchObject({ verdict: 'fail', why: 'the store says 0.01%, not 0%' })
})

test('full is 100 % in both; an edge that lags behind is unknown', () => {
  expect(judged(full, at(100), at(100)).verdict).toBe('pass')
  expect(judged(full, at(50), at(50)).verdict).toBe('fail')
  expect(judged(full, absent, absent).verdict).toBe('fail')
  expect(judged(full, at(100), at(50))).toMatchObject({
    verdict: 'unknown',
    why: 'the edge says 50%, not 100%; the store says 100%',
  })
})

test('a latched flag is off, and fails where users are expected', () => {
  expect(judged(off, at(0, true), at(0, true)).verdict).toBe('pass')
  expect(judged(full, at(100, true), at(100, true))).toMatchObject({
    verdict: 'fail',
    why: 'the store is latched off by a rollback',
  })
})

test('something unreadable in its place, or no reading, is unknown', () => {
  expect(judged(off, { status: 'malformed', why: 'not JSON', version: version('"1"') }, null)).toMatchObject({
    verdict: 'unknown',
    why: 'the store holds something that is no flag: not JSON',
  })
  expect(judge(off, {}).verdict).toBe('unknown')
})

test('a check that expects nothing, or two things, is refused', () => {
  expect(Check.safeParse({ kind: 'flag' }).success).toBe(false)
  expect(Check.safeParse({ kind: 'flag', default: 'off', percent: '10%' }).success).toBe(false)
  expect(planned({ kind: 'flag', percent: '100%' }).title).toBe('flag at 100%')
})

const reached = planned({ kind: 'flag', propagation: 'in-budget' })
const late = { percent: 30, servedMs: 13_000, budgetMs: 10_000, headers: ' [x-cache: Hit from cloudfront; age: 13]' }
const seen = (check: typeof off, more: object, percent = 100) =>
  judge(check, evidence([{ need: 'flag' }, { store: at(percent), edge: at(percent), budgetMs: 10_000, ...more }]))

test('a change that took longer than its store says fails, with the cache headers that were seen', () => {
  const why =
    '13s after the flag was set to 30% users were still served what was before; 10s are allowed [x-cache: Hit from cloudfront; age: 13]'
  for (const check of [full, reached])
    expect(seen(check, { edgeMs: 3000, late })).toMatchObject({ verdict: 'fail', why, observed: 13_000, limit: 10_000 })
  expect(seen(reached, { edgeMs: 3000 })).toMatchObject({ verdict: 'pass', observed: 3000, limit: 10_000, unit: 'ms' })
  expect(seen(reached, {}).why).toBe('this launch has not changed the flag yet; 10s are allowed')
})

test('before anything is changed a copy that caches may keep longer than the budget fails', () => {
  const cache = { maxAgeMs: 300_000, headers: ' [cache-control: public, max-age=300]' }
  expect(seen(off, { cache }, 0)).toMatchObject({
    verdict: 'fail',
    why: 'caches may keep the flag for 5m, and a change has to reach users within 10s [cache-control: public, max-age=300]',
  })
  expect(seen(off, { cache: { ...cache, maxAgeMs: 10_000 } }, 0).verdict).toBe('pass')
  expect(seen(off, { cache: { ...cache, maxAgeMs: null } }, 0).verdict).toBe('pass')
})

test('off by a latch is shown, with who turned it off and why', () => {
  expect(judged(off, at(0, true), at(0, true)).why).toMatch(/^the store says 0%, latched off by x: /)
})
