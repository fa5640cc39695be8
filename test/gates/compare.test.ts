import { describe, expect, test } from 'vitest'
import { Check } from '../../src/gates/registry.ts'
import { fisherTail } from '../../src/core/stats/noncentral-hypergeometric.ts'
import { counter, context, gate, judge, metrics, planned, series, times } from '../support/looks.ts'
import { verdicts, whyOf } from '../support/rollouts.ts'
import { judgeTold, judgeToldAlone, type ToldMinute } from '../support/told-gates.ts'

const share = { kind: 'compare', id: 'errors', bad: 'errors', of: 'requests', atMost: '150%' }
const mean = { kind: 'compare', id: 'load', metric: 'load', atMost: '130%' }
const ratio = { kind: 'ratio', id: 'ratio', bad: 'errors', of: 'requests', below: '1%' }
const usual = { load: [90, 171, 304] }

/** A tenth of 1,000 requests a minute, or as many as are said. */
function told(canary: number, control: number, perMinute = 1000): ToldMinute {
  return { canary: { n: perMinute / 10, bad: canary }, control: { n: (perMinute * 9) / 10, bad: control } }
}

describe('what it says', () => {
  test.each([
    [{ ...share, atMost: '100%' }, /above 100%/],
    [{ ...share, of: undefined }, /needs bad and of, or metric alone/],
    [{ ...share, metric: 'load' }, /needs bad and of, or metric alone/],
    [{ ...share, atMost: 'twice' }, /"twice" is not a percentage of the old version’s/],
  ])('%o is refused', (written, message) => {
    expect(Check.safeParse(written).error?.issues[0]?.message).toMatch(message)
  })

  test('is told in the title', () => {
    expect(planned(share).title).toBe('errors / requests ≤ 150% of the old version')
    expect(planned(mean).title).toBe('load average ≤ 130% of the old version')
  })
})

describe('the chance of such a difference', () => {
  test.each([
    // scipy.stats.fisher_exact(alternative='greater'), scripts/gates-oracle.py
    [[40, 2000, 200, 18000], 0.0008757197023618308],
    [[3, 300, 0, 2700], 0.0009910130150121198],
    [[0, 300, 10, 2700], 1],
  ] as const)('bad events %o: %f', ([bad, n, otherBad, otherN], p) => {
    expect(fisherTail(bad, n, otherBad, otherN)).toBeCloseTo(p, 12)
  })
})

describe('judged by its value', () => {
  const over = { ...share, over: '10m' }
  const of = (canary: number, control: number, perMinute = 2000) =>
    judgeToldAlone(gate(planned(over)), times(12, told(canary, control, perMinute)))

  test('the same share in both passes, and so does one a little above', () => {
    expect(of(2, 18)).toMatchObject({ verdict: 'pass' })
    expect(of(2, 15)).toMatchObject({ verdict: 'pass' })
  })

  test('45 of 18,000 in the old version: from 12 of 2,000 on it is certain, and not before', () => {
    // scripts/gates-oracle.py: fewest_significant(2000, 45, 18000)
    const minutes = (bad: readonly number[]) =>
      judgeToldAlone(
        gate(planned(share)),
        bad
          .map((own) => ({ canary: { n: 200, bad: own }, control: { n: 1800, bad: 4.5 } }))
          .concat(times(2, { canary: { n: 0, bad: 0 }, control: { n: 0, bad: 0 } })),
      )
    const eleven = minutes([2, 1, 1, 1, 1, 1, 1, 1, 1, 1])
    expect(eleven.verdict).toBe('unknown')
    expect(whyOf(eleven, 'errors')).toMatch(/^0\.55% of 2,000 against 0\.25% of 18,000 in the old version: not certain/)
    expect(minutes([3, 1, 1, 1, 1, 1, 1, 1, 1, 1]).verdict).toBe('fail')
  })

  test('too few requests of the new version never pass', () => {
    const judged = of(0, 0, 200)
    expect(judged.verdict).toBe('unknown')
    expect(whyOf(judged, 'errors')).toMatch(/^200 of 300 needed/)
  })

  test('a mean is compared by its minutes', () => {
    const means = (own: readonly number[], other: readonly number[]) =>
      judgeToldAlone(
        gate(planned({ ...mean, judge: 'threshold' })),
        [...own, 0, 0].map((ms, index) => ({
          canary: { n: 100, mean: ms },
          control: { n: 900, mean: other[index] ?? 100 },
        })),
      ).verdict
    const [own, other] = [
      [131, 135, 136, 140, 141, 133, 138, 134, 139, 137],
      [100, 104, 98, 101, 105, 99, 103, 100, 102, 101],
    ]
    expect(means(own.slice(0, 9), other)).toBe('unknown')
    expect(means(own, other)).toBe('fail')
    // As much more on average, and no two minutes alike.
    expect(means([60, 290, 70, 200, 60, 240, 80, 190, 60, 110], other)).toBe('unknown')
    expect(means([110, 112, 108, 111, 109], [100, 104, 98, 101, 105])).toBe('pass')
  })
})

describe('nothing to compare with', () => {
  const check = planned(share)

  test('a metric that does not tell the versions apart is unknown', () => {
    const all = series({ all: counter(...times(10, 100)) })
    const judgement = judge(check, metrics(check, { errors: all, requests: all }))
    expect(judgement).toMatchObject({ verdict: 'unknown', why: 'requests does not tell the versions apart' })
  })

  test('at 100 % it is waived, and says why', () => {
    const judged = judgeTold(
      gate(planned(share), planned(ratio)),
      times(14, { canary: { n: 1000, bad: 1 }, control: null }),
      { percent: 100, stages: [100] },
    )
    expect(verdicts(judged)).toEqual({ errors: 'waived', ratio: 'pass' })
    expect(whyOf(judged, 'errors')).toBe('no old version is left to compare with')
  })

  test('before 100 % an old version of which nothing comes is unknown', () => {
    const judged = judgeTold(gate(planned(share)), times(6, { canary: { n: 1000, bad: 1 }, control: null }))
    expect(judged.verdict).toBe('unknown')
    const threshold = judgeTold(
      gate(planned({ ...share, judge: 'threshold' })),
      times(6, { canary: { n: 1000, bad: 1 }, control: null }),
    )
    expect(whyOf(threshold, 'errors')).toBe('no settled minute in which both versions have data')
  })

  test('while the new version serves nobody it is waived', () => {
    const both = series({ control: counter(...times(10, 100)), canary: [] })
    const found = metrics(check, { errors: both, requests: both })
    expect(judge(check, found, context(10, { subject: 'control' })).verdict).toBe('waived')
  })
})

describe('in a canary that is judged as one', () => {
  const of = (minute: ToldMinute, minutes: number, check: Parameters<typeof planned>[0] = share) =>
    judgeTold(gate(planned(check)), times(minutes, minute), { quantiles: usual })

  test('a healthy release passes once it baked, with both versions side by side', () => {
    expect(of(told(3, 27, 10_000), 11)).toMatchObject({ verdict: 'unknown', saying: 'go-on' })
    const judged = of(told(3, 27, 10_000), 12)
    expect(judged).toMatchObject({ verdict: 'pass', saying: 'passed' })
    expect(whyOf(judged, 'errors')).toMatch(/^0\.3% of 10,000 against 0\.3% of 90,000 in the old version/)
  })

  test('no absolute limit is needed: a service that always has 5 % errors passes with them, and fails with three times as many', () => {
    expect(of(told(50, 450, 10_000), 12).verdict).toBe('pass')
    expect(of(told(150, 450, 10_000), 4).verdict).toBe('fail')
  })

  test('below its floor it waits, and then the run sheet says what follows', () => {
    const little = told(0, 1, 200)
    expect(whyOf(of(little, 13), 'errors')).toMatch(/^220 of 300 needed/)
    expect(of({ canary: { n: 5, bad: 0 }, control: { n: 45, bad: 0 } }, 60)).toMatchObject({
      verdict: 'unknown',
      saying: 'inconclusive',
    })
  })

  test('a difference smaller than atMost does not matter, however certain it is', () => {
    // Forty percent more: 1.4 and 1 % of 2,000 a minute.
    const more = (atMost: string) => of(told(14, 90, 10_000), 40, { ...share, atMost })
    expect(more('120%').verdict).toBe('fail')
    expect(more('200%').verdict).toBe('pass')
  })

  test('a mean is compared at the usual quantiles', () => {
    const slower = (ms: number, shift: number): ToldMinute => ({
      canary: { n: 1000, mean: ms, over: { 90: 0.5 + shift, 171: 0.25 + shift, 304: 0.1 + shift } },
      control: { n: 9000, mean: 140, over: { 90: 0.5, 171: 0.25, 304: 0.1 } },
    })
    expect(of(slower(140, 0), 12, mean).verdict).toBe('pass')
    const judged = of(slower(230, 0.15), 4, mean)
    expect(judged.verdict).toBe('fail')
    expect(whyOf(judged, 'load')).toMatch(/^230 of 4,000 against 140 of 36,000 in the old version/)
    // Slower in a way that matters to nobody: 20 % more.
    expect(of(slower(168, 0.05), 40, mean).verdict).not.toBe('fail')
  })

  test('beside a limit on the same events it does not make their minutes an incident', () => {
    const both = gate(planned(ratio), planned(share))
    const first = (judged: Parameters<typeof judgeTold>[0]) =>
      [2, 3, 4, 5, 6, 7, 8].find((minutes) => judgeTold(judged, times(minutes, told(8, 3))).verdict === 'fail')
    expect(first(both)).toBe(first(gate(planned(ratio))))
  })
})
