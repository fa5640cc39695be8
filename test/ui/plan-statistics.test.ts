import { expect, test } from 'vitest'
import { planStatisticsLines, type CanaryStatisticsView } from '../../src/ui/plan-statistics.ts'
import { golden } from '../support/golden.ts'
import { uncoloured } from '../support/views.ts'

const bounds = { of: 'share', bad: 'errors', all: 'requests', below: 0.01, floor: 300 } as const
const view: CanaryStatisticsView = {
  title: 'canary 10% → 100%',
  today: { from: Date.UTC(2026, 11, 1, 15), to: Date.UTC(2026, 11, 1, 18) },
  notRead: null,
  forecast: {
    stages: [10, 100],
    lag: 2,
    signals: [
      {
        checks: ['error-rate'],
        bounds: [bounds],
        known: 'read',
        perMinute: 5417.2,
        usual: { perMinute: 5417.2, above: [0.00102], mean: null },
        cut: 0,
        proof: [300, 636],
        regressions: [
          { name: '+0.5 points', found: [{ requests: 1548, minutes: 4 }, null], caughtAfter: 4 },
          {
            name: '+2 points',
            found: [
              { requests: 223, minutes: 320 },
              { requests: 1566, minutes: 4 },
            ],
            caughtAfter: null,
          },
        ],
        diluted: null,
      },
      {
        checks: ['drawer-average'],
        bounds: [{ of: 'mean', metric: 'drawer', unit: 'ms', below: 200, floor: 50 }],
        known: 'read',
        perMinute: 827.4,
        usual: { perMinute: 827.4, above: [], mean: 116.5 },
        cut: 0,
        proof: [null, null],
        regressions: [],
        diluted: [{ check: 'drawer-average', from: [951.5, 200] }],
      },
    ],
    expected: [
      { share: 0.1, minutes: 30, proven: false, signals: [] },
      { share: 1, minutes: 12, proven: true, signals: [] },
    ],
    leastMinutes: 24,
    apart: ['conflicts'],
    queries: 36,
    everyMs: 30_000,
    dollarsPerHour: 0.0432,
  },
}
const titles = {
  conflicts: 'OCC conflicts < 30 per 5min',
  'error-rate': 'Error rate < 1%',
  'drawer-average': 'Drawer open avg < 200ms',
}
const text = (changed: Partial<CanaryStatisticsView> = {}) =>
  `${planStatisticsLines({ ...view, ...changed }, titles, uncoloured).join('\n')}\n`

test('a canary is shown with what it can find out, how long it takes and what asking costs', () => {
  expect(text()).toBe(golden(new URL('golden/plan-statistics.txt', import.meta.url), text()))
})

test('numbers that could not be read are said not to be, with what helps', () => {
  const [errors] = view.forecast.signals
  if (!errors) throw new Error('the view has no signal')
  const unknown = { ...errors, known: 'assumed' as const, perMinute: null }
  const shown = text({
    today: null,
    notRead: 'Could not load credentials from any providers',
    forecast: { ...view.forecast, signals: [unknown], expected: null },
  })
  expect(shown).toContain(
    'not read: Could not load credentials from any providers; --rpm N plans with N requests a minute',
  )
  expect(shown).toContain('takes    at least 24m')
  expect(shown).toContain('requests a minute not known, assumed 0.102% bad')
})
