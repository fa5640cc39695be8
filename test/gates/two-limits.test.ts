import { describe, expect, test } from 'vitest'
import { Check } from '../../src/gates/registry.ts'
import { gate, planned, times } from '../support/looks.ts'
import { whyOf } from '../support/rollouts.ts'
import { judgeTold, judgeToldAlone, type ToldMinute } from '../support/told-gates.ts'

const errors = { kind: 'ratio', id: 'errors', bad: 'errors', of: 'requests', below: '1%', rollbackAt: '5%' }
const slow = {
  kind: 'percentile',
  id: 'p95',
  metric: 'load',
  percentile: 95,
  below: '800ms',
  rollbackAt: '2s',
}
const mean = { kind: 'average', id: 'mean', metric: 'load', below: '200ms', rollbackAt: '400ms' }
const between = /outside the promotion limit, inside the rollback limit$/

/** 1,000 requests a minute of the new version and 9,000 of the old, this many of each bad. */
function bad(canary: number, control: number): ToldMinute {
  return { canary: { n: 1000, bad: canary }, control: { n: 9000, bad: control } }
}

describe('a limit to roll back by', () => {
  test.each([
    { ...errors, rollbackAt: '1%' },
    { ...errors, rollbackAt: '0.5%' },
    { ...slow, rollbackAt: '800ms' },
    { ...slow, rollbackAt: '2%' },
    { ...mean, rollbackAt: '100ms' },
  ])('is refused when it is not looser, or of another unit: $rollbackAt', (written) => {
    const read = Check.safeParse(written)
    expect(read.success).toBe(false)
    expect(read.error?.issues[0]?.message).toMatch(/^rollbackAt .*(not looser than below|different units)/)
  })

  test('stands in the title', () => {
    expect(planned(errors).title).toBe('errors / requests < 1%, rolled back at 5%')
    expect(planned(slow).title).toBe('load p95 < 800ms, rolled back at 2000ms')
    expect(planned(mean).title).toBe('load average < 200ms, rolled back at 400ms')
  })
})

describe('judged by its value', () => {
  const ofErrors = (canary: number, control: number) =>
    judgeToldAlone(gate(planned(errors)), times(10, bad(canary, control)))

  test.each([
    [9, 'pass'],
    [10, 'unknown'],
    [49, 'unknown'],
    [50, 'fail'],
    [51, 'fail'],
  ])('%d of 1,000 a minute: %s', (canary, verdict) => {
    const judged = ofErrors(canary, 0)
    expect(judged.verdict).toBe(verdict)
    expect(between.test(whyOf(judged, 'errors'))).toBe(verdict === 'unknown')
  })

  test('ten bad of thirty are sure to be 3.3 % of 300: outside, but no reason to roll back yet', () => {
    const few = { canary: { n: 15, bad: 5 }, control: { n: 135, bad: 0 } }
    expect(judgeToldAlone(gate(planned(errors)), times(4, few)).verdict).toBe('unknown')
    // Fifteen of 300 are 5 %.
    expect(judgeToldAlone(gate(planned(errors)), times(5, few)).verdict).toBe('fail')
  })

  test('an old version between its limits is no excuse for a new one beyond them', () => {
    expect(ofErrors(80, 180).verdict).toBe('fail')
    // One that is beyond them too is.
    expect(ofErrors(80, 720).verdict).toBe('unknown')
  })

  test('a percentile fails by the samples at or above its rollback limit', () => {
    const told = (at800: number, at2000: number): readonly ToldMinute[] => {
      const over = { 800: at800, 2000: at2000 }
      return times(10, { canary: { n: 1000, over }, control: { n: 9000, over: {} } })
    }
    const of = (at800: number, at2000: number) => judgeToldAlone(gate(planned(slow)), told(at800, at2000))
    expect(of(0.04, 0.01).verdict).toBe('pass')
    expect(of(0.2, 0.04).verdict).toBe('unknown')
    expect(whyOf(of(0.2, 0.04), 'p95')).toMatch(between)
    expect(of(0.2, 0.05).verdict).toBe('fail')
    expect(whyOf(of(0.2, 0.05), 'p95')).toMatch(/^at or above 2000ms: 5% of \d/)
  })

  test.each([
    [199, 'pass'],
    [399, 'unknown'],
    [400, 'fail'],
  ])('a mean of %d ms: %s', (ms, verdict) => {
    const told = times(10, { canary: { n: 1000, mean: ms }, control: { n: 9000, mean: 100 } })
    expect(judgeToldAlone(gate(planned(mean)), told).verdict).toBe(verdict)
  })
})

describe('in a canary that is judged as one', () => {
  // As bad in both versions, so that no comparison speaks: at 10 % users of a service that was like this before.
  const constant = (canary: number, control: number, minutes: number) =>
    judgeTold(gate(planned(errors)), times(minutes, bad(canary, control)))

  test('3 % errors, as the old version has them, never pass and never fail', () => {
    for (const minutes of [4, 12, 28, 45]) {
      const judged = constant(30, 270, minutes)
      expect(judged.verdict).toBe('unknown')
    }
    expect(constant(30, 270, 80).saying).toBe('hold')
  })

  test('a value inside the promotion limit passes as ever', () => {
    expect(constant(3, 27, 12)).toMatchObject({ verdict: 'pass' })
  })

  test('6.5 % fail although the old version, at 4.5 %, is outside the promotion limit itself, where one limit would wait', () => {
    const one = planned({ ...errors, rollbackAt: undefined })
    const told = times(12, { canary: { n: 1000, bad: 65 }, control: { n: 9000, bad: 405 } })
    expect(judgeTold(gate(one), told).verdict).toBe('unknown')
    const judged = judgeTold(gate(planned(errors)), told)
    expect(judged.verdict).toBe('fail')
    expect(whyOf(judged, 'errors')).toMatch(
      /^6\.5% of 10,000 requests in the last bake, limit to roll back by 5%; evidence [\d,]+ : 1, 200 needed$/,
    )
  })

  test('what both versions suffer beyond the rollback limit fails nothing', () => {
    expect(constant(80, 720, 12).verdict).toBe('unknown')
  })

  test('a mean between its limits never passes and never fails; beyond the rollback limit it fails', () => {
    const of = (ms: number, minutes: number) =>
      judgeTold(
        gate(planned(mean)),
        times(minutes, { canary: { n: 1000, mean: ms }, control: { n: 9000, mean: 140 } }),
        // Without cut points nothing is compared: the limits alone speak.
      )
    for (const minutes of [12, 20, 29]) expect(of(250, minutes).verdict).toBe('unknown')
    expect(whyOf(of(250, 20), 'mean')).toMatch(/outside the promotion limit, inside the rollback limit$/)
    expect(of(450, 14).verdict).toBe('fail')
    expect(whyOf(of(450, 14), 'mean')).toMatch(/^450ms over 12,000 samples, .* of it uncertain: above 400ms$/)
    expect(of(150, 12).verdict).toBe('pass')
  })

  test('a percentile between its limits says so; beyond the rollback limit it fails', () => {
    const told = (own: number, at2000: number): readonly ToldMinute[] => {
      const over = { 90: 0.5, 171: 0.25, 304: 0.15, 800: own, 2000: at2000 }
      return times(14, { canary: { n: 1000, over }, control: { n: 9000, over: { ...over, 800: 0.09, 2000: 0.001 } } })
    }
    const of = (own: number, at2000: number) =>
      judgeTold(gate(planned(slow)), told(own, at2000), { quantiles: { load: [90, 171, 304] } })
    expect(whyOf(of(0.1, 0.002), 'p95')).toMatch(/^the old version is outside its limit, too/)
    expect(of(0.1, 0.09).verdict).toBe('fail')
    expect(whyOf(of(0.1, 0.09), 'p95')).toMatch(/^9% of 10,000 samples at or above 2000ms in the last bake/)
  })

  test('the evidence is against the rollback limit: scipy says at which minute 200 : 1 is reached', () => {
    // scripts/gates-oracle.py: first_minute_against_limit(1000, bad, 0.05).
    const control = { n: 9000, bad: 405 }
    const told = (bad: number, minutes: number) => times(minutes, { canary: { n: 1000, bad }, control })
    const alone = planned({ ...errors, rollbackAt: '5%' })
    const first = (bad: number) =>
      Array.from({ length: 40 }, (_, i) => i + 1).find((minutes) => {
        const judged = judgeTold(gate(alone), told(bad, minutes))
        return /last bake/.test(whyOf(judged, 'errors')) && judged.verdict === 'fail'
      })
    expect(first(65)).toBe(8)
  })
})
