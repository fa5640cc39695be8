import fc from 'fast-check'
import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { RecordedMinute } from '../../src/core/recorded.ts'
import { uniformOf } from '../../src/core/stats/thinning.ts'
import { thinnedMinute } from '../../src/core/thinned-minute.ts'

const start = epochMs(Date.UTC(2026, 11, 1))
const deal = (minute: RecordedMinute, share: number, of: 'events' | 'samples', seed = 'x') =>
  thinnedMinute(minute, share, of, (part) => uniformOf(`${seed}/${part}`))

const latency = fc
  .tuple(fc.integer({ min: 1, max: 3000 }), fc.nat(100), fc.nat(100), fc.integer({ min: 0, max: 1_000_000 }))
  .map(([count, slow, slower, sum]): RecordedMinute => {
    const above = Math.floor((count * slow) / 100)
    return { start, count, sum, over: { '300': above, '89.5': count, '800': Math.floor((above * slower) / 100) } }
  })

test('both arms of a latency together are the minute, also above every cut, and share its mean', () => {
  fc.assert(
    fc.property(latency, fc.double({ min: 0, max: 1, noNaN: true }), (minute, share) => {
      const { canary, control } = deal(minute, share, 'samples')
      const both = (field: (one: RecordedMinute) => number) =>
        (canary ? field(canary) : 0) + (control ? field(control) : 0)
      expect(both(({ count }) => count)).toBe(minute.count)
      expect(both(({ sum }) => sum)).toBeCloseTo(minute.sum, 3)
      for (const cut of Object.keys(minute.over)) expect(both(({ over }) => over[cut] ?? 0)).toBe(minute.over[cut])
      const mean = canary ? canary.sum / canary.count : minute.sum / minute.count
      expect(mean).toBeCloseTo(minute.sum / minute.count, 6)
    }),
  )
})

test('events are dealt whether they are one sample each or one sum a minute', () => {
  const each = deal({ start, count: 600, sum: 600, over: {} }, 0.1, 'events')
  const summed = deal({ start, count: 1, sum: 600, over: {} }, 0.1, 'events')

  expect(each.canary?.count).toBe(each.canary?.sum)
  expect(summed.canary).toMatchObject({ count: 1, sum: each.canary?.sum })
  expect((summed.canary?.sum ?? 0) + (summed.control?.sum ?? 0)).toBe(600)
  // Six standard deviations of Binomial(600, 0.1).
  expect(Math.abs((summed.canary?.sum ?? 0) - 60)).toBeLessThan(44)
})

test('an arm without users has no datapoint, and neither has a single-event metric without events', () => {
  const minute = { start, count: 5, sum: 5, over: {} }
  expect(deal(minute, 0, 'events').canary).toBeNull()
  expect(deal(minute, 1, 'events').control).toBeNull()
  expect(deal({ ...minute, count: 60, over: { '800': 3 } }, 0, 'samples').canary).toBeNull()
})

test('a share of a tenth gets a tenth in the long run', () => {
  const minute = { start, count: 1000, sum: 140_000, over: { '800': 50 } }
  const dealt = Array.from({ length: 400 }, (_, index) => deal(minute, 0.1, 'samples', String(index)).canary)
  const mean = (of: (one: RecordedMinute) => number) =>
    dealt.reduce((total, one) => total + (one ? of(one) : 0), 0) / dealt.length
  // Four standard errors: 4·√(1000·0.1·0.9/400) and 4·√(50·0.1·0.9/400).
  expect(Math.abs(mean(({ count }) => count) - 100)).toBeLessThan(1.9)
  expect(Math.abs(mean(({ over }) => over['800'] ?? 0) - 5)).toBeLessThan(0.43)
})

test('a sum that is no count of events is shared out as it is', () => {
  expect(deal({ start, count: 1, sum: 10.5, over: {} }, 0.2, 'events')).toMatchObject({
    canary: { count: 1, sum: 2.1 },
    control: { sum: 8.4 },
  })
  expect(deal({ start, count: 1, sum: -4, over: {} }, 0.25, 'events')).toMatchObject({ canary: { sum: -1 } })
})

test('a minute without events is one of both versions, and of the one that everybody has where the share is none or all', () => {
  const none = { start, count: 1, sum: 0, over: {} }
  expect(deal(none, 0.5, 'events')).toMatchObject({ canary: { count: 1, sum: 0 }, control: { count: 1, sum: 0 } })
  expect(deal(none, 0, 'events')).toMatchObject({ canary: null, control: { sum: 0 } })
  expect(deal(none, 1, 'events')).toMatchObject({ canary: { sum: 0 }, control: null })
  expect(deal({ ...none, count: 0 }, 0.5, 'events')).toEqual({ canary: null, control: null })
})

test('each stretch between two cuts has a draw of its own, the first that of all', () => {
  const parts: string[] = []
  const minute = { start, count: 9, sum: 900, over: { '1000': 1, '90': 5 } }
  thinnedMinute(minute, 0.5, 'samples', (part) => (parts.push(part), 0.5))
  expect(parts).toEqual(['all', '90', '1000'])
  parts.length = 0
  thinnedMinute(minute, 0.5, 'events', (part) => (parts.push(part), 0.5))
  expect(parts).toEqual(['events'])
})
