import { epochMs } from '../../src/core/brand.ts'
import type { CheckResult } from '../../src/core/event.ts'
import { needKey, seen, type Evidence, type Minute, type Series } from '../../src/core/evidence.ts'
import { canaryChecks, result, type JournalBuilder } from './journal-builder.ts'

/** What the gates of `launch-stories` say, besides the canary's. */

export function preconditions(signed: boolean): readonly CheckResult[] {
  const signedOff = signed
    ? ({ verdict: 'pass', observed: '2 of 2', limit: '2 of 2', why: 'all roles signed off' } as const)
    : ({ verdict: 'unknown', observed: '0 of 2', limit: '2 of 2', why: 'missing: product-owner, qa-lead' } as const)
  return [
    result('frozen', 'git', 'code frozen on a release branch', {
      verdict: 'pass',
      observed: 'release/1.6',
      limit: 'release/*',
      why: 'clean',
    }),
    result('signed-off', 'approval', 'every required sign-off is recorded', signedOff),
    result('flag-off', 'flag', 'flag status-board-v2 off by default', {
      verdict: 'pass',
      observed: 'off',
      limit: 'off',
      why: 'off at the edge',
    }),
  ]
}

export function fullChecks(): readonly CheckResult[] {
  return [
    result('steady', 'steady', 'traffic and SLOs steady for 15m', {
      verdict: 'pass',
      observed: 900_000,
      limit: 900_000,
      unit: 'ms',
      samples: 15,
      why: 'steady',
    }),
    ...canaryChecks(419, 119.4, 0.0011, 3, 18_233).slice(0, 3),
  ]
}

export function closeoutChecks(): readonly CheckResult[] {
  return [
    result('adoption', 'baseline', 'adoption is up on the baseline', {
      verdict: 'pass',
      observed: 1.12,
      limit: 1,
      unit: 'count',
      samples: 2240,
      why: 'up 12%',
    }),
    result('release-note', 'confirm', 'release note shared in #releases and #product', {
      verdict: 'pass',
      observed: 'yes',
      limit: 'yes',
      why: 'answered',
    }),
  ]
}

/** Fourteen minutes of 112 interactions each, as a look at the monitor's gate journaled them. */
export function interactions(story: JournalBuilder): Evidence {
  const start = Math.floor((story.now() - 1_020_000) / 60_000) * 60_000
  const canary: readonly Minute[] = Array.from({ length: 14 }, (_, index) => ({
    start: epochMs(start + index * 60_000),
    count: 112,
    sum: 112,
    over: null,
  }))
  const series: Series = {
    periodMs: 60_000,
    lagMs: 120_000,
    query: 'StatusBoard Interactions Sum',
    minutes: { canary, control: [] },
    alive: null,
  }
  return { [needKey({ need: 'series', metric: 'interactions' })]: seen(series) }
}
