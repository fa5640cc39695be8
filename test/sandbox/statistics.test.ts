import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  mergeSamples,
  noSamples,
  parseStatistic,
  partOf,
  sampleCount,
  statistic,
  type Samples,
} from '../../src/sandbox/statistics.ts'

/** Values in eighths, as the latency grid has them: their sums are exact. */
const anySamples: fc.Arbitrary<Samples> = fc
  .uniqueArray(fc.tuple(fc.integer({ min: 0, max: 9000 }), fc.integer({ min: 1, max: 50 })), {
    selector: ([value]) => value,
    maxLength: 20,
  })
  .map((pairs) => pairs.toSorted(([a], [b]) => a - b))
  .map((pairs) => ({ values: pairs.map(([value]) => value / 8), counts: pairs.map(([, count]) => count), sets: null }))

function stat(text: string) {
  const parsed = parseStatistic(text)
  if (!parsed) throw new Error(`${text} is no statistic`)
  return parsed
}

test('merging is associative, and the order does not matter', () => {
  fc.assert(
    fc.property(anySamples, anySamples, anySamples, (a, b, c) => {
      const left = mergeSamples([mergeSamples([a, b]), c])
      expect(mergeSamples([a, mergeSamples([b, c])])).toEqual(left)
      expect(mergeSamples([c, b, a])).toEqual(left)
      expect(mergeSamples([noSamples, left])).toEqual(left)
      expect(sampleCount(left)).toBe(sampleCount(a) + sampleCount(b) + sampleCount(c))
    }),
  )
})

test("percentiles are numpy's, ranks are counts of the same values", (context) => {
  const cases = fc.sample(
    anySamples.filter(({ values }) => values.length > 0),
    { numRuns: 40, seed: 7 },
  )
  const shares = [0, 10, 50, 90, 95, 99, 99.9, 100]
  const program = `
import json, sys
import numpy as np
out = []
for case in json.load(sys.stdin):
    data = np.repeat(case["values"], case["counts"])
    out.append({"p": [float(np.percentile(data, q)) for q in ${JSON.stringify(shares)}],
                "upTo": float((data <= 500).mean() * 100), "between": float(((data > 100) & (data <= 500)).mean() * 100)})
print(json.dumps(out))`
  const python = spawnSync('python3', ['-c', program], { input: JSON.stringify(cases), encoding: 'utf8' })
  if (python.status !== 0) return context.skip('no python3 with numpy on this machine')
  // The program above prints this shape.
  const expected = JSON.parse(python.stdout) as { p: number[]; upTo: number; between: number }[]
  for (const [at, samples] of cases.entries()) {
    const wanted = expected[at]
    for (const [index, share] of shares.entries())
      expect(statistic(samples, stat(`p${share}`))).toBeCloseTo(wanted?.p[index] ?? Number.NaN, 8)
    expect(statistic(samples, stat('PR(:500)'))).toBeCloseTo(wanted?.upTo ?? Number.NaN, 8)
    expect(statistic(samples, stat('PR(100:500)'))).toBeCloseTo(wanted?.between ?? Number.NaN, 8)
  }
})

test('a percentile by hand: the values 1 to 4 have p50 2.5 and p90 3.7', () => {
  const samples = { values: [1, 2, 3, 4], counts: [1, 1, 1, 1], sets: null }
  expect(statistic(samples, stat('p50'))).toBe(2.5)
  expect(statistic(samples, stat('p90'))).toBeCloseTo(3.7, 12)
})

test('a rank excludes its lower bound and includes its upper one', () => {
  const samples = { values: [100, 200, 300], counts: [1, 2, 1], sets: null }
  const forms = ['PR(:200)', 'PR(200:)', 'PR(100:200)', 'TC(:200)', 'TC(200:)']
  expect(forms.map((form) => statistic(samples, stat(form)))).toEqual([75, 25, 50, 3, 1])
})

test('there is no statistic of nothing', () => {
  for (const form of ['Sum', 'SampleCount', 'p95', 'PR(:1)']) expect(statistic(noSamples, stat(form))).toBeNull()
})

test.each(['p101', 'p-1', 'P', 'PR(:)', 'PR(5:1)', 'PR(10%:90%)', 'tm95', 'sum', ''])(
  '"%s" is no statistic',
  (text) => {
    expect(parseStatistic(text)).toBeNull()
  },
)

test('a part of a data set has its share of the samples and grows with the share', () => {
  fc.assert(
    fc.property(anySamples, fc.double({ min: 0, max: 1, noNaN: true }), (samples, share) => {
      const part = partOf(samples, share)
      expect(sampleCount(part)).toBe(share >= 1 ? sampleCount(samples) : Math.floor(sampleCount(samples) * share))
      expect(part.counts.every((count) => count > 0)).toBe(true)
      expect(partOf(samples, 1)).toEqual(samples)
    }),
  )
})
