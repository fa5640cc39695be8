import { expect, test } from 'vitest'
import { armsOf } from '../../src/report/arms.ts'
import type { Charts, Line } from '../../src/report/charts.ts'
import { armsTable } from '../../src/report/tables-metrics.ts'

const minuteMs = 60_000

function line(of: Line['of'], values: readonly number[], unsettled: readonly number[] = []): Line {
  return {
    of,
    points: [
      ...values.map((value, i) => ({ at: i * minuteMs, value, samples: 10, settled: true })),
      ...unsettled.map((value, i) => ({ at: (values.length + i) * minuteMs, value, samples: 10, settled: false })),
    ],
  }
}

function chartsWith(...lines: readonly Line[]): Charts {
  const slo = { id: 'load', title: 'Board load', about: '', unit: 'ms', limit: 200, everyMs: minuteMs, lines }
  return { from: 0, to: 1, bands: [], marks: [], slos: [slo] }
}

const slower = [120, 131, 118, 125, 140, 122, 119, 133, 127]
const usual = [110, 121, 118, 112, 119, 115, 111, 117, 116]

// scipy 1.17.1: mannwhitneyu(slower, usual, method='asymptotic'), and the median of all differences.
test('both versions are compared by the ranks of the settled stretches that both have', () => {
  const [found] = armsOf(chartsWith(line('canary', slower, [900]), line('control', usual, [1])))
  expect(found).toMatchObject({ title: 'Board load', unit: 'ms', stretches: 9, from: 0, to: 8 * minuteMs, shift: 10 })
  expect(found?.effect).toBeCloseTo(76 / 81, 12)
  expect(found?.p).toBeCloseTo(0.001976307037411402, 9)
})

test('a stretch that only one of them has is left out, and too few of them say nothing', () => {
  expect(armsOf(chartsWith(line('canary', [...slower, 5000]), line('control', usual)))[0]?.stretches).toBe(9)
  expect(armsOf(chartsWith(line('canary', slower.slice(2)), line('control', usual.slice(2))))).toEqual([])
  expect(armsOf(chartsWith(line('all', slower)))).toEqual([])
  expect(armsOf(null)).toEqual([])
})

test('the report says when, by how much and how likely by chance', () => {
  const arms = armsOf(chartsWith(line('canary', slower), line('control', usual)))
  expect(armsTable({ arms }).rows).toEqual([
    ['Board load', '9', '00:00:00Z to 00:08:00Z', '+10ms', '94% of pairs', '0.002'],
  ])
})
