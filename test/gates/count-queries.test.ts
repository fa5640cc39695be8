import { expect, test } from 'vitest'
import { seriesReading } from '../../src/aws/series.ts'
import { windowReading } from '../../src/aws/window-stat.ts'
import type { Need } from '../../src/core/evidence.ts'
import { countQueries } from '../../src/gates/count-queries.ts'
import { at, metric } from '../support/looks.ts'

const metrics = {
  load: metric('load'),
  requests: metric('requests'),
  errors: metric('errors', { sparse: 'requests' }),
  kpi: metric('kpi', { variant: null }),
}
const needs: readonly Need[] = [
  { need: 'series', metric: 'load', cut: 800 },
  { need: 'series', metric: 'load', cut: 171 },
  { need: 'series', metric: 'load' },
  { need: 'window', metric: 'load', stat: 'p95' },
  { need: 'series', metric: 'errors' },
  { need: 'series', metric: 'requests' },
  { need: 'series', metric: 'kpi' },
  { need: 'alarms', names: ['slo'] },
  { need: 'flag' },
]

test('as many metrics are counted as the adapter asks CloudWatch for', () => {
  const window = { from: at(0), to: at(30) }
  const scope = { metrics, environment: 'production', window, now: window.to, region: 'us-east-1' }
  const asked = needs.flatMap((need) => {
    if (need.need !== 'series' && need.need !== 'window') return []
    const own = metrics[need.metric as keyof typeof metrics] // the needs above name these metrics
    return (need.need === 'series' ? seriesReading(need, own, scope) : windowReading(need, own, scope)).queries
  })
  expect(countQueries(needs, metrics)).toBe(new Set(asked.map(({ key }) => key)).size)
})
