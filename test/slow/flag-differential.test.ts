import { FlagdCore } from '@openfeature/flagd-core'
import { expect, test } from 'vitest'
import { evaluate } from '../../examples/statusboard/src/evaluate.ts'
import { parseFlagDocument } from '../../examples/statusboard/src/flag-document.ts'
import { isDealtOn } from '../../src/flags/bucket.ts'
import { writeFlagDocument } from '../../src/flags/document.ts'
import { flagAt } from '../contract/flag-store.contract.ts'
import { boardFlag, namedFlag } from '../support/board-flag.ts'

/** OpenFeature's own evaluator of flagd documents. */
const core = new FlagdCore()
const key = 'status-board-v2'
const logger = { error: () => {}, warn: () => {}, info: () => {}, debug: () => {} }

test('100,000 keys are dealt as OpenFeature’s flagd deals them, at every share', () => {
  for (const percent of [0, 0.01, 10, 30, 33.33, 50, 99.99, 100]) {
    const document = boardFlag(percent)
    const parsed = parseFlagDocument(document, key)
    if (parsed === null) throw new Error('not a document')
    core.setConfigurations(JSON.stringify(document))
    let [on, wrong] = [0, 0]
    for (let n = 0; n < 100_000; n += 1) {
      const user = userOf(n)
      const expected = core.resolveBooleanEvaluation(key, false, { targetingKey: user }, logger).value
      if (expected) on += 1
      if (evaluate(parsed, key, user, false) !== expected || isDealtOn(key, user, percent) !== expected) wrong += 1
    }
    expect({ percent, wrong }).toEqual({ percent, wrong: 0 })
    expect(Math.abs(on / 1000 - percent)).toBeLessThan(0.6)
  }
}, 120_000)

/** Ids as browsers make them, names and mail addresses. In ASCII: of other text flagd-core hashes UTF-16 units, flagd UTF-8 bytes. */
function userOf(n: number): string {
  return [`${n}-4f0a-4b1c-8d2e-${n * 7919}`, `user-${n}`, `n.${n}+x@clinic.example`][n % 3] ?? ''
}

test('100,000 keys and those that are named are dealt as flagd deals them, with lists and a holdback; nobody is named when it is off', () => {
  const keys = ['', ...Array.from({ length: 100_000 }, (_, n) => userOf(n))]
  // One id in 500 is excluded, the one after it included; parts of ids are nobody's ids.
  const exclude = keys.filter((_, n) => n % 500 === 7)
  const include = [...keys.filter((_, n) => n % 500 === 8), 'user-', 'clinic.example']
  const lists = { exclude, include }
  const cases = [
    [10, lists, 0],
    [50, lists, 2],
    [100, lists, 2],
    [100, { exclude: [], include: [] }, 2],
    [30, { exclude, include: [] }, 0],
    [30, { exclude: [], include }, 0],
    [0, lists, 2],
  ] as const
  for (const [percent, { exclude: never, include: always }, holdbackPercent] of cases) {
    const audience = { exclude: never, include: always, holdbackPercent }
    const text = writeFlagDocument(flagAt(percent, { key, audience }))
    const parsed = parseFlagDocument(JSON.parse(text), key)
    if (parsed === null) throw new Error('not a document')
    core.setConfigurations(text)
    let [on, wrong] = [0, 0]
    for (const user of keys) {
      const expected = core.resolveBooleanEvaluation(key, false, { targetingKey: user }, logger).value
      if (expected) on += 1
      if (evaluate(parsed, key, user, false) !== expected || isDealtOn(key, user, percent, audience) !== expected)
        wrong += 1
    }
    expect({ percent, wrong }).toEqual({ percent, wrong: 0 })
    const share = Math.min(percent, 100 - holdbackPercent)
    expect(Math.abs(on / 1000 - share)).toBeLessThan(0.8)
  }
  // A document written by hand, in the same words.
  core.setConfigurations(JSON.stringify(namedFlag(30, ['user-1'], ['user-2'])))
  const of = (user: string) => core.resolveBooleanEvaluation(key, false, { targetingKey: user }, logger).value
  expect([of('user-1'), of('user-2')]).toEqual([false, true])
}, 240_000)
