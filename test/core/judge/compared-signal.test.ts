import { expect, test } from 'vitest'
import { comparedSignal, latencySignal, shareSignal } from '../../../src/core/judge/plan.ts'

test('what is compared without a limit has one margin, and the alternatives of its like', () => {
  const share = comparedSignal('errors', 'share', 3, 2, 0.01)
  expect(share).toMatchObject({ id: 'errors', cuts: 1, limits: [], mean: null })
  expect(share.relative).toMatchObject({
    alpha: 0.01,
    nullOdds: [1.1],
    margins: [{ of: 'share', cut: 0, ratio: 2, delta: 0, least: 0, fewest: 4 }],
  })
  // Twice as much is what the usual alternatives begin with: 2 / 1.1 is more than 1.8.
  expect(share.relative?.alternatives).toEqual(shareSignal('x', 1).relative?.alternatives)
  const mean = comparedSignal('load', 'mean', 3, 2, 0.02)
  expect(mean).toMatchObject({ id: 'load', cuts: 3, limits: [], mean: null })
  expect(mean.relative).toMatchObject({
    alpha: 0.02,
    nullOdds: [1.1, 1.05, 1.05],
    margins: [{ of: 'mean', ratio: 2, least: 0, fewest: 20 }],
  })
  expect(mean.relative?.alternatives).toEqual(latencySignal('x', 3, {}).relative?.alternatives)
})

test('a margin that is nearer has an alternative that is as near, and a hypothesis that it does not exceed', () => {
  const share = comparedSignal('errors', 'share', 1, 1.5, 0.01).relative
  expect(share?.alternatives[0]).toEqual([1.5 / 1.1])
  expect(share?.alternatives).toHaveLength((shareSignal('x', 1).relative?.alternatives.length ?? 0) + 1)
  const close = comparedSignal('errors', 'share', 1, 1.04, 0.01).relative
  expect(close).toMatchObject({ nullOdds: [1.04] })
  // Never nearer than a fifth.
  expect(close?.alternatives[0]).toEqual([1.2])
  const mean = comparedSignal('load', 'mean', 2, 1.3, 0.01).relative
  expect(mean?.alternatives[0]).toEqual([1.2, 1.2 ** 0.55])
  // The heavier tail begins with a multiple of 1: it is not what the margin is held against.
  expect(comparedSignal('load', 'mean', 3, 1.5, 0.01).relative?.alternatives[0]?.[0]).toBeCloseTo(1.5 / 1.1, 12)
})

test('a latency has a rule for each limit that it is given', () => {
  const none = latencySignal('load', 2, {})
  expect(none).toMatchObject({ limits: [], mean: null, relative: { margins: [] } })
  const both = latencySignal('load', 2, { slow: { cut: 1, share: 0.05 }, average: 200 })
  expect(both).toMatchObject({
    limits: [{ cut: 1, share: 0.05 }],
    mean: { limit: 200, floor: 50 },
    relative: {
      margins: [
        { of: 'mean', ratio: 1.3, least: 100, fewest: 20 },
        { of: 'share', cut: 1, ratio: 1.5, delta: 0, least: 0.025, fewest: 4 },
      ],
    },
  })
  // Above the last cut but one everything is heavier; below it nothing is.
  expect(latencySignal('load', 4, {}).relative?.alternatives.at(-1)).toEqual([1, 1, 4.5, 4.5])
})
