import { describe, expect, test } from 'vitest'
import { needKey, seen, type Evidence, type Minute, type Need } from '../../src/core/evidence.ts'
import { canaryForecast, type ForecastRequest } from '../../src/gates/canary-forecast.ts'
import { needsOfToday } from '../../src/gates/todays-usual.ts'
import { at, gate, metric, planned, series } from '../support/looks.ts'
import { canaryGate } from '../support/rollouts.ts'

const lookbackMs = 3 * 3_600_000
const rules = { stages: [10, 30, 50, 100], bakeMs: 600_000, extendUpTo: 3 }
const window = { from: at(-182), to: at(0) }
const metrics = { load: metric('load'), requests: metric('requests'), errors: metric('errors') }

/** 1,000 requests a minute, three of them bad; 200 samples of latency, two above the limit, 28,000 ms in all. */
function today(of: { readonly [metric: string]: (start: Minute['start']) => Minute } = {}): Evidence {
  const tell: { readonly [metric: string]: (start: Minute['start']) => Minute } = {
    requests: (start) => ({ start, count: 1, sum: 1000, over: null }),
    errors: (start) => ({ start, count: 1, sum: 3, over: null }),
    load: (start) => ({ start, count: 200, sum: 28_000, over: 2 }),
    ...of,
  }
  const usual: { readonly [stat: string]: number } = { p50: 90, p75: 171, p90: 304 }
  return Object.fromEntries(
    needsOfToday(canaryGate, rules, lookbackMs).map((need) => {
      const found =
        need.need === 'window'
          ? { window, query: 'q', values: { canary: null, control: usual[need.stat] ?? null } }
          : series({
              canary: [],
              control: minutesOf(tell[need.metric] ?? ((start) => ({ start, count: 0, sum: 0, over: 0 }))),
            })
      return [needKey(need), seen(found)]
    }),
  )
}

function minutesOf(tell: (start: Minute['start']) => Minute): readonly Minute[] {
  return Array.from({ length: 180 }, (_, index) => tell(at(index - 182)))
}

function forecast(changes: Partial<ForecastRequest> = {}) {
  const asks = (): readonly Need[] => [{ need: 'series', metric: 'requests' }]
  const request = {
    gate: canaryGate,
    rules,
    metrics,
    today: { window, evidence: today() },
    rpm: null,
    lookbackMs,
    asks,
  }
  return canaryForecast({ ...request, ...changes })
}

describe('the forecast of a canary', () => {
  test('knows what is usual from the minutes of today', () => {
    const [errors, load] = forecast().signals
    expect(errors).toMatchObject({ known: 'read', perMinute: 1000, usual: { above: [0.003], mean: null } })
    expect(load).toMatchObject({
      checks: ['p95', 'mean'],
      perMinute: 200,
      usual: { above: [0.5, 0.25, 0.1, 0.01], mean: 140 },
    })
  })

  test('says which checks it foretells nothing of', () => {
    const counted = gate(...canaryGate.checks, planned({ kind: 'count', metric: 'errors', per: '5m', below: 30 }))
    expect(forecast().apart).toEqual([])
    expect(forecast({ gate: counted }).apart).toEqual(['count'])
  })

  test('takes every bake, and what metrics take to settle', () => {
    const { expected, leastMinutes } = forecast()
    expect(expected?.map(({ minutes, proven }) => [minutes, proven])).toEqual(
      Array.from({ length: 4 }, () => [12, true]),
    )
    expect(leastMinutes).toBe(48)
  })

  test('takes the longer bake of a last stage that has one', () => {
    const { expected, leastMinutes } = forecast({ rules: { ...rules, lastBakeMs: 1_800_000 } })
    expect(expected?.map(({ minutes }) => minutes)).toEqual([12, 12, 12, 32])
    expect(leastMinutes).toBe(68)
  })

  test('plans with the requests a minute it is told, where they are told', () => {
    const { signals, expected } = forecast({ rpm: 10 })
    expect(signals.map(({ perMinute }) => perMinute)).toEqual([10, 10])
    expect(expected?.[0]).toMatchObject({ proven: false, minutes: 30 })
  })

  test('assumes a third of the limit where nothing was read, and knows nothing of time without traffic', () => {
    const { signals, expected } = forecast({ today: null })
    expect(expected).toBeNull()
    expect(signals[0]).toMatchObject({ known: 'assumed', perMinute: null, usual: { above: [0.003] } })
    expect(signals[0]?.regressions.map(({ found }) => found[0]?.requests)).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
    ])
    expect(signals[1]?.regressions).toEqual([])
  })

  test('counts traffic from when it began', () => {
    const began = today({ requests: (start) => ({ start, count: 1, sum: start < at(-62) ? 0 : 1000, over: null }) })
    const late = Object.fromEntries(
      Object.entries(began).map(([key, finding]) => {
        if (!key.includes('"requests"') || finding.status === 'missing') return [key, finding]
        const value = finding.value as ReturnType<typeof series> // what was put there above
        const control = (value.minutes.control ?? []).filter(({ start }) => start >= at(-62))
        return [key, seen({ ...value, minutes: { ...value.minutes, control } })]
      }),
    )
    expect(forecast({ today: { window, evidence: late } }).signals[0]?.perMinute).toBe(1000)
  })

  test('says how much hides where nothing tells the versions apart', () => {
    const alone = {
      ...metrics,
      requests: metric('requests', { variant: null }),
      errors: metric('errors', { variant: null }),
    }
    const [errors] = forecast({ metrics: alone }).signals
    // 0.3 % usual, 1 % allowed: all users are at the limit when a tenth of them is at 7.3 %.
    expect(errors?.diluted?.[0]?.from.map((share) => Math.round(share * 1e4) / 1e4)).toEqual([
      0.073, 0.0263, 0.017, 0.01,
    ])
  })
})
