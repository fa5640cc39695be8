import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvidenceRows, startsAt } from '../../../src/core/stats/e-process.ts'

const starts = startsAt(20, [0, 10], 4)
const row = fc.array(fc.double({ min: -3, max: 3, noNaN: true }), { minLength: 3, maxLength: 3 })
const rows = fc.array(row, { minLength: 20, maxLength: 20 })

test('the weights of all starts, come or not, are one', () => {
  for (const now of [0, 1, 7, 60, 181, 400])
    expect(
      startsAt(now, [0, 15, 40], 4).weights.reduce((sum, weight) => sum + weight, 0) +
        startsAt(now, [0, 15, 40], 4).unstarted,
    ).toBeCloseTo(1, 12)
})

test('before anything was seen the evidence is one', () => {
  expect(new EvidenceRows(3).mixture(0, startsAt(0, [0], 4)).log).toBeCloseTo(0, 12)
})

test('a minute that is written again counts as it was written last, whatever was added up before', () => {
  fc.assert(
    fc.property(rows, rows, fc.integer({ min: 5, max: 19 }), (first, second, from) => {
      const late = new EvidenceRows(3)
      first.forEach((values, t) => late.write(t, Float64Array.from(values)))
      late.sum(20)
      second.forEach((values, t) => {
        if (t >= from) late.write(t, Float64Array.from(values))
      })
      late.sum(20)
      const fresh = new EvidenceRows(3)
      first.forEach((values, t) => fresh.write(t, Float64Array.from((t >= from ? second[t] : values) ?? [])))
      fresh.sum(20)
      expect(late.mixture(20, starts).log).toBe(fresh.mixture(20, starts).log)
    }),
  )
})

test('tempering never turns weak evidence into strong', () => {
  fc.assert(
    fc.property(rows, fc.double({ min: 1, max: 6, noNaN: true }), (values, temper) => {
      const evidence = new EvidenceRows(3)
      values.forEach((one, t) => evidence.write(t, Float64Array.from(one)))
      evidence.sum(20)
      const whole = Math.max(0, evidence.mixture(20, starts).log)
      expect(evidence.mixture(20, starts, temper).log).toBeLessThanOrEqual(whole + 1e-9)
    }),
  )
})

test('one loud minute is no evidence once it is left out, two are', () => {
  const evidence = (loud: readonly number[]) => {
    const made = new EvidenceRows(1)
    for (let t = 0; t < 20; t++) made.write(t, Float64Array.of(loud.includes(t) ? 8 : -0.01))
    made.sum(20)
    return made
  }
  expect(evidence([7]).mixture(20, starts).log).toBeGreaterThan(6)
  expect(evidence([7]).mixture(20, starts, 1, 'dropped').log).toBeLessThan(0.1)
  expect(evidence([7]).mixture(20, starts, 1, 'levelled').log).toBeLessThan(0.1)
  expect(evidence([7, 9]).mixture(20, starts, 1, 'dropped').log).toBeGreaterThan(6)
  expect(evidence([7, 9]).mixture(20, starts, 1, 'levelled').log).toBeGreaterThan(14)
  // An incident is left out besides.
  expect(evidence([7, 9]).mixture(20, starts, 1, 'dropped', 9).log).toBeLessThan(0.1)
})

test('masked minutes count nothing, and the onset is where the evidence begins', () => {
  const evidence = new EvidenceRows(1)
  for (let t = 0; t < 20; t++) evidence.write(t, Float64Array.of(t >= 10 ? 1 : -1))
  evidence.sum(20)
  expect(evidence.mixture(20, starts).onset).toBe(10)
  evidence.sum(
    20,
    Uint8Array.from({ length: 20 }, (_, t) => (t >= 10 ? 1 : 0)),
    0,
  )
  expect(evidence.mixture(20, starts).log).toBeLessThan(0)
})
