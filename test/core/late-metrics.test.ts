import { expect, test } from 'vitest'
import type { LaunchEvent } from '../../src/core/event.ts'
import { needKey, seen, missing, type Finding } from '../../src/core/evidence.ts'
import { lateLine, lateMetrics } from '../../src/core/late-metrics.ts'
import { series } from '../support/looks.ts'

const lagMs = 120_000
const read = (metric: string, unsettledMs?: number) =>
  [
    needKey({ need: 'series', metric }),
    seen(series({}, { lagMs, ...(unsettledMs !== undefined && { unsettledMs }) })),
  ] as const
const judged = (...found: readonly (readonly [string, Finding])[]) =>
  ({ type: 'gate-judged', evidence: Object.fromEntries(found) }) as unknown as LaunchEvent

test('of every metric that settled later than its lag the latest, by name', () => {
  const told = lateMetrics([
    judged(read('requests', 240_000), read('errors', 180_000), read('calm')),
    { type: 'noted', text: '' } as unknown as LaunchEvent,
    judged(read('requests', 239_999), read('a "b"', 0)),
    judged(read('errors', 200_000), [needKey({ need: 'series', metric: 'lost' }), missing('away')]),
    // Another kind of evidence that happens to have such a field.
    judged([needKey({ need: 'git' }), seen({ unsettledMs: 9e9, lagMs: 1 })]),
  ])
  expect(told).toEqual([
    { metric: String.raw`a \"b\"`, unsettledMs: 0, lagMs },
    { metric: 'errors', unsettledMs: 200_000, lagMs },
    { metric: 'requests', unsettledMs: 240_000, lagMs },
  ])
})

test('it is said in whole seconds, beside what the run sheet says', () => {
  expect(lateLine({ metric: 'requests', unsettledMs: 240_999, lagMs })).toBe(
    'requests still changed 4m after a minute was over, the run sheet says lag: 2m',
  )
})
