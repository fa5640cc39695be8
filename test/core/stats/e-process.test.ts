import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EvidenceRows, startsAt, type Starts } from '../../../src/core/stats/e-process.ts'

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

test('evidence counts from the first minute, from the stages that have begun, and from every fifth minute up to the 180th', () => {
  expect(startsAt(0, [0], 4)).toEqual({ minutes: [0], weights: [0.5], unstarted: 0.5 })
  expect(startsAt(6, [0, 6], 4)).toEqual({
    minutes: [0, 0, 5],
    weights: [0.5, 0.0625, 0.25 / 36],
    unstarted: 1 - 0.5625 - 0.25 / 36,
  })
  expect(startsAt(5, [0], 4).minutes).toEqual([0, 0])
  expect(startsAt(180, [], 4).minutes.at(-1)).toBe(175)
  expect(startsAt(181, [], 4).minutes.at(-1)).toBe(180)
  expect(startsAt(400, [], 4).minutes).toHaveLength(37)
  // A plan has as many stages as it has: a stage more gets no weight.
  expect(startsAt(9, [0, 3, 7], 2).minutes).toEqual([0, 0, 3, 5])
})

/** What a minute says by itself: the mean over its alternatives. */
const loudness = (row: readonly number[]) => Math.log(row.reduce((sum, log) => sum + Math.exp(log), 0) / row.length)

/** The formula, minute by minute. `log` and `onset` as `mixture` gives them. */
function byHand(
  rowOf: (minute: number) => readonly number[],
  end: number,
  starts: Starts,
  temper: number,
  loudest: 'kept' | 'dropped' | 'levelled',
  incident: number,
) {
  const score = (minute: number) => loudness(rowOf(minute))
  let whole = starts.unstarted
  let [best, onset] = [-Infinity, 0]
  starts.minutes.forEach((start, slot) => {
    const minutes = Array.from({ length: end - start }, (_, k) => start + k).filter((t) => t !== incident)
    const loud = minutes.filter((t) => score(t) > 0).toSorted((a, b) => score(b) - score(a))
    const [first, second] = loudest === 'kept' ? [] : loud
    const counted = [
      ...minutes.filter((t) => t !== first),
      ...(loudest === 'levelled' && second !== undefined ? [second] : []),
    ]
    const width = rowOf(0).length
    const sums = Array.from({ length: width }, (_, j) => counted.reduce((sum, t) => sum + (rowOf(t)[j] ?? 0), 0))
    const part = ((starts.weights[slot] ?? 0) * sums.reduce((sum, one) => sum + Math.exp(one / temper), 0)) / width
    whole += part
    if (part > best) [best, onset] = [part, start]
  })
  return { log: Math.log(whole), onset }
}

test('evidence is the mean over the alternatives from every start, whatever is left out, levelled, masked or tempered', () => {
  const hours = fc.array(row, { minLength: 8, maxLength: 90 })
  const loudest = fc.constantFrom('kept', 'dropped', 'levelled')
  const masked = fc.array(fc.integer({ min: 0, max: 89 }), { maxLength: 12 })
  const temper = fc.double({ min: 1, max: 4, noNaN: true })
  fc.assert(
    fc.property(
      hours,
      loudest,
      fc.integer({ min: -1, max: 60 }),
      masked,
      temper,
      (drawn, how, asked, left, tempered) => {
        // No two minutes are equally loud: which of them is left out would be a matter of rounding.
        const told = drawn.map((values, t) => values.map((log) => log + t / 10_000))
        const end = told.length
        const incident = asked < end ? asked : -1
        const mask = new Uint8Array(128)
        for (const t of left) mask[t] = 1
        const evidence = new EvidenceRows(3)
        for (const [t, values] of told.entries()) evidence.write(t, Float64Array.from(values))
        evidence.sum(end, mask, 0)
        const counts = (t: number) => (mask[t] ? [0, 0, 0] : (told[t] ?? []))
        // The incident is a minute of trouble in several signals: one that is masked besides is left out once.
        fc.pre(incident < 0 || mask[incident] === 0)
        const from = startsAt(end, [0, 7], 4)
        const [found, wanted] = [
          evidence.mixture(end, from, tempered, how, incident),
          byHand(counts, end, from, tempered, how, incident),
        ]
        expect(found.log).toBeCloseTo(wanted.log, 8)
        expect(found.onset).toBe(wanted.onset)
        for (const t of [0, end - 1]) expect(evidence.score(t)).toBeCloseTo(loudness(told[t] ?? []), 8)
      },
    ),
    { numRuns: 150 },
  )
})

test('the score of a minute is the mean over its alternatives, 0 for one that nobody wrote', () => {
  const evidence = new EvidenceRows(2)
  evidence.write(70, Float64Array.of(Math.log(3), Math.log(5)))
  expect(evidence.score(70)).toBeCloseTo(Math.log(4), 12)
  expect([evidence.score(3), evidence.score(500)]).toEqual([0, 0])
  evidence.sum(300)
  expect(evidence.mixture(300, startsAt(300, [], 4)).onset).toBe(0)
})

test('evidence that is nothing beside the greatest is nothing', () => {
  const evidence = new EvidenceRows(2)
  evidence.write(0, Float64Array.of(900, 5))
  evidence.sum(1)
  expect(evidence.mixture(1, { minutes: [0], weights: [1], unstarted: 0 }).log).toBeCloseTo(900 - Math.log(2), 9)
  expect(evidence.mixture(1, { minutes: [0], weights: [0.5], unstarted: 0.5 }).log).toBeCloseTo(900 - Math.log(4), 9)
})
