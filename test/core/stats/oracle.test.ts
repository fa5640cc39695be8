import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { binomialTail, rateLowerBound, rateUpperBound } from '../../../src/core/stats/binomial.ts'
import { countDispersion } from '../../../src/core/stats/count-dispersion.ts'
import { bunching, splitDispersion } from '../../../src/core/stats/dispersion.ts'
import { EvidenceRows, logGrid, startsAt } from '../../../src/core/stats/e-process.ts'
import { OddsAlternatives, RateAlternatives } from '../../../src/core/stats/likelihood-rows.ts'
import { mannWhitney } from '../../../src/core/stats/mann-whitney.ts'
import { meanHalfWidth } from '../../../src/core/stats/mean-sequence.ts'
import { negativeBinomialTail } from '../../../src/core/stats/negative-binomial.ts'
import { fisherTail, logFisherSums } from '../../../src/core/stats/noncentral-hypergeometric.ts'
import { poissonTail } from '../../../src/core/stats/poisson.ts'
import {
  gammaP,
  gammaQ,
  inverseRegularizedBeta,
  logFactorial,
  logGamma,
  normalTail,
  regularizedBeta,
} from '../../../src/core/stats/special.ts'

// Written by scripts/stats-oracle.py: scipy, mpmath and exact whole numbers.
const Rows = z.array(z.object({ in: z.array(z.number()), out: z.number() }))
const Counts = z.array(z.number())
const Oracle = z.object({
  versions: z.record(z.string(), z.string()),
  logGamma: Rows,
  logFactorial: Rows,
  regularizedBeta: Rows,
  inverseRegularizedBeta: Rows,
  gammaP: Rows,
  gammaQ: Rows,
  normalTail: Rows,
  poissonTail: Rows,
  negativeBinomialTail: Rows,
  binomialTail: Rows,
  rateUpperBound: Rows,
  rateLowerBound: Rows,
  meanHalfWidth: Rows,
  fisherTail: Rows,
  fisherLogSums: z.array(z.object({ in: z.tuple([z.number(), z.number(), z.number(), Counts]), out: Counts })),
  absolute: z.array(z.object({ n: Counts, bad: Counts, limit: z.number(), begun: Counts, log: z.number() })),
  relative: z.array(
    z.object({
      canary: Counts,
      control: Counts,
      canaryBad: Counts,
      controlBad: Counts,
      begun: Counts,
      log: z.number(),
    }),
  ),
  mannWhitney: z.array(
    z.object({ in: z.tuple([Counts, Counts]), out: z.tuple([z.number(), z.number(), z.number(), z.number()]) }),
  ),
  dispersion: z.array(
    z.object({
      canaryAll: Counts,
      canaryBad: Counts,
      controlAll: Counts,
      controlBad: Counts,
      onset: z.number(),
      without: z.number(),
      split: z.number(),
      bunching: z.number(),
    }),
  ),
  countDispersion: z.array(
    z.object({
      events: z.array(Counts),
      among: z.array(Counts).nullable(),
      stretches: z.number(),
      dispersion: z.number(),
    }),
  ),
})
const oracle = Oracle.parse(JSON.parse(readFileSync(new URL('oracle.json', import.meta.url), 'utf8')))

const scalars = {
  logGamma,
  logFactorial,
  regularizedBeta,
  inverseRegularizedBeta,
  gammaP,
  gammaQ,
  normalTail,
  poissonTail,
  negativeBinomialTail,
  binomialTail,
  rateUpperBound,
  rateLowerBound,
  meanHalfWidth,
  fisherTail,
} satisfies Record<string, (...args: never[]) => number>

/** Relative, and absolute around 0. */
function differs(found: number, expected: number): number {
  return Math.abs(found - expected) / Math.max(Math.abs(expected), expected === 0 ? 1 : 0)
}

test.each(Object.keys(scalars) as (keyof typeof scalars)[])('%s agrees with the oracle to 1e-9', (name) => {
  const ours: (...args: number[]) => number = scalars[name]
  const wrong = oracle[name].filter((row) => !(differs(ours(...row.in), row.out) < 1e-9))

  expect(oracle[name].length).toBeGreaterThan(2)
  expect(wrong.map((row) => ({ ...row, ours: ours(...row.in) }))).toEqual([])
})

test("the sums of Fisher's non-central law agree with exact whole numbers, the short ones and the long ones", () => {
  for (const { in: args, out } of oracle.fisherLogSums) {
    const [a, b, m, odds] = args
    const sums = new Float64Array(odds.length)
    logFisherSums(a, b, m, odds, sums)
    out.forEach((expected, index) => {
      expect(differs((sums[index] ?? 0) - (sums[0] ?? 0), expected), `${a}, ${b}, ${m} at ${odds[index]}`).toBeLessThan(
        1e-9,
      )
    })
  }
})

test('evidence against a limit agrees with the formula evaluated in forty digits', () => {
  for (const { n, bad, limit, begun, log } of oracle.absolute) {
    const rates = new RateAlternatives(limit, logGrid(1.5, 48, 10))
    const rows = new EvidenceRows(rates.width)
    const row = new Float64Array(rates.width)
    n.forEach((size, minute) => {
      rates.row(size, bad[minute] ?? 0, row)
      rows.write(minute, row)
    })
    rows.sum(n.length)
    expect(differs(rows.mixture(n.length, startsAt(n.length, begun, 4)).log, log)).toBeLessThan(1e-9)
  }
})

test('evidence against the control agrees with the formula evaluated in forty digits', () => {
  for (const { canary, control, canaryBad, controlBad, begun, log } of oracle.relative) {
    const odds = new OddsAlternatives(
      [1.1],
      logGrid(1.8, 40, 8).map((u) => [u]),
      1,
    )
    const rows = new EvidenceRows(odds.width)
    const row = new Float64Array(odds.width)
    canary.forEach((n, t) => {
      odds.row({ n, above: [canaryBad[t] ?? 0] }, { n: control[t] ?? 0, above: [controlBad[t] ?? 0] }, row)
      rows.write(t, row)
    })
    rows.sum(canary.length)
    expect(differs(rows.mixture(canary.length, startsAt(canary.length, begun, 4)).log, log)).toBeLessThan(1e-9)
  }
})

test('the rank test agrees with scipy, ties and all', () => {
  for (const { in: samples, out } of oracle.mannWhitney) {
    const found = mannWhitney(...samples)
    expect(differs(found?.u ?? NaN, out[0])).toBeLessThan(1e-9)
    expect(differs(found?.p ?? NaN, out[1])).toBeLessThan(1e-9)
    expect(Math.abs((found?.shift ?? NaN) - out[2])).toBeLessThan(1e-9)
    expect(differs(found?.effect ?? NaN, out[3])).toBeLessThan(1e-9)
  }
})

test('two samples are compared only where there are two', () => {
  expect([mannWhitney([], [1, 2]), mannWhitney([1, 2], []), mannWhitney([], [])]).toEqual([null, null, null])
})

test('ln n! is exact to the last digits, on both sides of the end of its table', () => {
  for (const { in: args, out } of oracle.logFactorial) {
    const [n = 0] = args
    expect(differs(logFactorial(n), out), `${n}!`).toBeLessThan(1e-14)
  }
})

test('over-dispersion is that of the formula: minutes without both versions are in no block, nor is the one left out', () => {
  expect(oracle.dispersion.length).toBeGreaterThan(3)
  for (const { onset, without, split, bunching: bunched, ...arms } of oracle.dispersion) {
    const end = arms.canaryAll.length
    expect(differs(splitDispersion(arms, end, onset, without), split)).toBeLessThan(1e-9)
    expect(differs(bunching(arms, end, onset, without), bunched)).toBeLessThan(1e-9)
    // What comes after the end is not looked at.
    const longer = Object.fromEntries(Object.entries(arms).map(([name, column]) => [name, [...column, 50]]))
    expect(splitDispersion({ ...arms, ...longer }, end, onset, without)).toBe(
      splitDispersion(arms, end, onset, without),
    )
    expect(bunching({ ...arms, ...longer }, end, onset, without)).toBe(bunching(arms, end, onset, without))
  }
})

test('how far counts spread is what numpy makes of them, with and without traffic', () => {
  expect(oracle.countDispersion.length).toBeGreaterThan(5)
  for (const { events, among, stretches, dispersion } of oracle.countDispersion) {
    const found = countDispersion(
      events.map((hour, h) => hour.map((count, i) => ({ events: count, among: among?.[h]?.[i] ?? 1 }))),
    )
    expect(found.stretches).toBe(stretches)
    expect(differs(found.dispersion ?? NaN, dispersion)).toBeLessThan(1e-9)
  }
})
