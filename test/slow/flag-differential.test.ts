import { FlagdCore } from '@openfeature/flagd-core'
import { expect, test } from 'vitest'
import { evaluate } from '../../examples/statusboard/src/evaluate.ts'
import { parseFlagDocument } from '../../examples/statusboard/src/flag-document.ts'
import { isDealtOn } from '../../src/flags/bucket.ts'
import { boardFlag } from '../support/board-flag.ts'

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
      // Ids as browsers make them, names and mail addresses. In ASCII: of other text flagd-core hashes UTF-16 units, flagd UTF-8 bytes.
      const user = [`${n}-4f0a-4b1c-8d2e-${n * 7919}`, `user-${n}`, `n.${n}+x@clinic.example`][n % 3] ?? ''
      const expected = core.resolveBooleanEvaluation(key, false, { targetingKey: user }, logger).value
      if (expected) on += 1
      if (evaluate(parsed, key, user, false) !== expected || isDealtOn(key, user, percent) !== expected) wrong += 1
    }
    expect({ percent, wrong }).toEqual({ percent, wrong: 0 })
    expect(Math.abs(on / 1000 - percent)).toBeLessThan(0.6)
  }
}, 120_000)
