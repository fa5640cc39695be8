import { expect, test } from 'vitest'
import type { RecordedMetrics, RecordedMinute } from '../../src/core/recorded.ts'
import { binomialDraw, uniformOf } from '../../src/core/stats/thinning.ts'
import { dealtArms, type Deal } from '../../src/engine/dealt-arms.ts'
import { at, planOf } from '../support/backtests.ts'

const plan = planOf()
const minute = (n: number, count: number, sum: number, over: RecordedMinute['over'] = {}): RecordedMinute => ({
  start: at(n),
  count,
  sum,
  over,
})
const arm = (...minutes: readonly RecordedMinute[]) => new Map(minutes.map((one) => [one.start, one] as const))
/** Everybody's minutes. */
const all = (...minutes: readonly RecordedMinute[]) => ({ told: false, all: arm(...minutes) }) as const

const metrics: RecordedMetrics = {
  requests: all(minute(0, 1, 1000), minute(1, 1, 1000)),
  errors: all(minute(0, 1, 10), minute(1, 1, 0)),
  'board-load': all(minute(0, 200, 20_000, { '90': 100, '800': 2 })),
}
const deal = (more: Partial<Deal> = {}) =>
  dealtArms({ plan, metrics, sampled: new Set(['board-load']), seed: '7', inject: null, ...more })

test('everybody’s events are dealt by the share of users, by a draw of their own metric and minute', () => {
  const arms = deal()
  const own = binomialDraw(uniformOf(`7/requests/${at(0)}/events`), 1000, 0.3)
  expect(arms('requests', at(0), 0.3)).toEqual({ canary: minute(0, 1, own), control: minute(0, 1, 1000 - own) })
  expect(own).not.toBe(300)
  const draws = [
    deal()('requests', at(1), 0.3),
    deal({ seed: '8' })('requests', at(0), 0.3),
    arms('requests', at(0), 0.3),
  ]
  expect(new Set(draws.map(({ canary }) => canary?.sum)).size).toBe(3)
  expect(arms('requests', at(0), 0)).toEqual({ canary: null, control: minute(0, 1, 1000) })
  expect(arms('requests', at(0), 1)).toEqual({ canary: minute(0, 1, 1000), control: null })
})

test('samples of a latency are dealt, not their sum', () => {
  const { canary, control } = deal()('board-load', at(0), 0.5)
  expect([(canary?.count ?? 0) + (control?.count ?? 0), canary && canary.sum / canary.count]).toEqual([200, 100])
  expect((canary?.over['90'] ?? 0) + (control?.over['90'] ?? 0)).toBe(100)
  const asEvents = deal({ sampled: new Set() })('board-load', at(0), 0.5)
  expect(asEvents.canary?.count).toBe(200)
})

test('what was told apart when it was recorded stands as it was', () => {
  const told = { requests: { told: true, canary: arm(minute(0, 1, 70)), control: arm(minute(1, 1, 900)) } } as const
  const arms = deal({ metrics: told })
  expect(arms('requests', at(0), 0.5)).toEqual({ canary: minute(0, 1, 70), control: null })
  expect(arms('requests', at(1), 0.5)).toEqual({ canary: null, control: minute(1, 1, 900) })
})

test('a metric that the run sheet does not tell apart stays with the control; what was not recorded is nobody’s', () => {
  const requests = plan.metrics['requests']
  if (!requests) throw new Error('no such metric')
  const whole = { ...plan, metrics: { ...plan.metrics, requests: { ...requests, variant: null } } }
  expect(deal({ plan: whole })('requests', at(0), 0.5)).toEqual({ canary: null, control: minute(0, 1, 1000) })
  const nobody = { canary: null, control: null }
  expect([deal()('visits', at(0), 0.5), deal()('requests', at(9), 0.5)]).toEqual([nobody, nobody])
})

test('failures that are made up are so many of the canary’s requests that did not fail', () => {
  const inject = { bad: 'errors', all: 'requests', share: 0.5 }
  const [plain, injected] = [deal(), deal({ inject })]
  const [requests, errors] = [plain('requests', at(0), 0.3), plain('errors', at(0), 0.3)]
  const good = (requests.canary?.sum ?? 0) - (errors.canary?.sum ?? 0)
  const added = binomialDraw(uniformOf(`7/injected/${at(0)}`), good, 0.5)
  expect(added).toBeGreaterThan(good / 3)
  expect(injected('errors', at(0), 0.3)).toEqual({
    canary: minute(0, 1, (errors.canary?.sum ?? 0) + added),
    control: errors.control,
  })
  // The requests themselves, a share of nobody, and a minute without any request stay as they are.
  expect(injected('requests', at(0), 0.3)).toEqual(requests)
  expect(injected('errors', at(0), 0)).toEqual(plain('errors', at(0), 0))
  expect(injected('errors', at(9), 0.3)).toEqual({ canary: null, control: null })
  expect(deal({ inject: { ...inject, share: 0 } })('errors', at(0), 0.3)).toEqual(errors)
})

test('a failure that is made up is a sample, or a part of the minute’s sum, as the others are', () => {
  const inject = { bad: 'errors', all: 'requests', share: 1 }
  const found = (errors: RecordedMetrics['errors'] | null) =>
    deal({
      inject,
      metrics: { requests: all(minute(0, 1000, 1000)), ...(errors && { errors }) },
    })('errors', at(0), 1).canary
  expect(found(all(minute(0, 10, 10)))).toEqual(minute(0, 1000, 1000))
  expect(found(all(minute(0, 1, 10)))).toEqual(minute(0, 1, 1000))
  expect(found(all())).toEqual(minute(0, 1000, 1000))
  // More failures than requests: there is nothing left to fail.
  expect(found(all(minute(0, 1, 1200)))).toEqual(minute(0, 1, 1200))
})

test('a latency that is made slower is the canary’s alone', () => {
  const slow = deal({ inject: { slow: 'board-load', factor: 2 } })
  const [was, is] = [deal()('board-load', at(0), 0.5), slow('board-load', at(0), 0.5)]
  expect(is.control).toEqual(was.control)
  expect(is.canary).toMatchObject({ count: was.canary?.count, sum: (was.canary?.sum ?? 0) * 2 })
  expect(is.canary?.over['90']).toBeGreaterThan(was.canary?.over['90'] ?? 0)
  expect(slow('requests', at(0), 0.5)).toEqual(deal()('requests', at(0), 0.5))
  expect(slow('board-load', at(0), 0)).toEqual(deal()('board-load', at(0), 0))
})
