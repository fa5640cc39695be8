import { expect, test } from 'vitest'
import { flagEvidence } from '../../src/engine/flag-evidence.ts'
import { baking, begun, flagAt, stateOf } from '../support/core-launch.ts'

const store = { propagationMs: 10_000, isCached: true } as const
const headers = { 'cache-control': 'public, max-age=5, s-maxage=7', age: '3' }
const edge = { reading: flagAt(10), headers }
const untouched = stateOf(begun().events)

test('the flag in its store, at the edge, and how long a copy may live there', () => {
  expect(flagEvidence(store, flagAt(50), edge, untouched)).toEqual({
    store: flagAt(50),
    edge: flagAt(10),
    budgetMs: 10_000,
    cache: { maxAgeMs: 7000, headers: ' [age: 3; cache-control: public, max-age=5, s-maxage=7]' },
  })
})

test('a store that is read without a cache has none, and a file that is not there is nobody’s copy', () => {
  const absent = { reading: { status: 'absent' } as const, headers }
  expect(flagEvidence({ propagationMs: 10_000 }, flagAt(50), edge, untouched)).not.toHaveProperty('cache')
  expect(flagEvidence(store, flagAt(50), absent, untouched)).not.toHaveProperty('cache')
})

test('how long the newest change took to users, at once or late, stands beside it', () => {
  const quick = stateOf(baking().events)
  expect(flagEvidence(store, flagAt(10), edge, quick)).toMatchObject({ edgeMs: quick.flag?.edgeMs })
  expect(flagEvidence(store, flagAt(10), edge, quick)).not.toHaveProperty('late')
  expect(flagEvidence(store, flagAt(10), edge, untouched)).not.toHaveProperty('edgeMs')
  const late = { percent: 10, servedMs: 12_000, budgetMs: 10_000, headers: '' }
  if (!quick.flag) throw new Error('no flag')
  expect(flagEvidence(store, flagAt(10), edge, { flag: { ...quick.flag, late } })).toMatchObject({ late })
})
