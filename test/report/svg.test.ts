import { describe, expect, test } from 'vitest'
import { sloSvg } from '../../src/report/svg-slo.ts'
import { exposureSvg } from '../../src/report/svg-exposure.ts'
import type { Charts, Point, SloChart } from '../../src/report/charts.ts'
import { wide } from '../../src/report/svg-frame.ts'
import { stretches } from '../../src/report/svg-line.ts'
import { linear, timeTicks, valueTicks } from '../../src/report/svg-scale.ts'

const minute = 60_000
const name = { id: 'c', title: 'Chart', desc: 'What it shows.' }

function points(...values: readonly (number | null)[]): readonly Point[] {
  return values.flatMap((value, index) =>
    value === null ? [] : [{ at: index * minute, value, samples: 10, settled: index < 3 }],
  )
}

/** Ten minutes: five at 10 %, five at 50 %; drawn from x 58 to 746 (3 % of it room for a mark), y 40 to 234. */
const charts: Charts = {
  from: 0,
  to: 10 * minute,
  bands: [
    { from: 0, to: 5 * minute, percent: 10 },
    { from: 5 * minute, to: 10 * minute, percent: 50 },
  ],
  marks: [],
  slos: [],
}
const slo: SloChart = {
  id: 's',
  title: 'S',
  about: '',
  unit: 'ms',
  limit: 200,
  everyMs: minute,
  lines: [{ of: 'canary', points: points(0, 100, null, 300) }],
}
const pathOf = (svg: string, style: string) => new RegExp(`<path class="${style}" d="([^"]*)"`).exec(svg)?.[1]
const x = (minutes: number) => Math.round((58 + ((746 - 58) * minutes) / 10.3) * 10) / 10

describe('a chart', () => {
  const { html } = sloSvg(slo, charts, wide, name)

  test('has its points where time and value are, each minute at its middle', () => {
    // The axis goes to the round value above 1.1 × 300: 400. So 100 is a quarter up, 300 three quarters.
    expect(pathOf(html, 'line canary')).toBe(`M${x(0.5)} 234L${x(1.5)} 185.5M${x(3.5)} 88.5h0`)
  })

  test('has the limit across, half up', () => {
    expect(pathOf(html, 'limit')).toBe('M58 137H746')
  })

  test('marks what is at or above the limit, and what had not settled', () => {
    expect(pathOf(html, 'breach canary')).toBe(`M${x(3.5)} 88.5h0`)
    expect(pathOf(html, 'ring canary')).toMatch(new RegExp(`^M${x(3.5)} 88\\.5m[^M]*$`))
  })

  test('stands in the stages of the canary', () => {
    const bands = Array.from(html.matchAll(/<rect class="band(?: odd)?" x="([\d.]+)" y="40" width="([\d.]+)"/g))
    expect(bands.map(([, start, width]) => [Number(start), Number(start) + Number(width)])).toEqual([
      [x(0), x(5)],
      [x(5), x(10)],
    ])
    expect(html).toMatch(/<text class="stage"[^>]*>10%<.*\n?.*<text class="stage"[^>]*>50%</)
  })

  test('says what it is to who does not see it', () => {
    expect(html).toMatch(
      /^<svg class="chart wide" viewBox="0 0 760 260" role="img" aria-labelledby="c-wide-title c-wide-desc">/,
    )
    expect(html).toContain('<title id="c-wide-title">Chart</title>\n<desc id="c-wide-desc">What it shows.</desc>')
  })

  test('has a rollback as a line at its time', () => {
    const marked = sloSvg(slo, { ...charts, marks: [{ at: 4 * minute, label: 'rollback' }] }, wide, name).html
    expect(marked).toMatch(new RegExp(`<g class="mark"><path d="M${x(4)} 22V234"></path>\\n<text[^>]*>⟲ rollback<`))
  })

  test('without a limit and without values still draws an axis', () => {
    const empty = sloSvg({ ...slo, limit: null, lines: [{ of: 'all', points: points(0, 0) }] }, charts, wide, name).html
    expect(pathOf(empty, 'limit')).toBeUndefined()
    expect(empty).not.toMatch(/NaN|Infinity/)
  })
})

test('exposure goes up by steps, and down with a rollback', () => {
  const fallen = { ...charts, bands: [...charts.bands.slice(0, 1), { from: 5 * minute, to: 10 * minute, percent: 0 }] }
  // 190 high: 0 % at 164, 10 % a tenth of 124 above.
  expect(pathOf(exposureSvg(fallen, wide, name).html, 'line canary')).toBe(
    `M${x(0)} 164H${x(0)}L${x(0)} 151.6H${x(5)}L${x(5)} 164H${x(10)}`,
  )
})

test('a line is broken where a period is missing, and nowhere between looks', () => {
  const seen = points(1, 1, null, 1)
  expect(stretches(seen, minute).map((stretch) => stretch.length)).toEqual([2, 1])
  expect(stretches(seen, null).map((stretch) => stretch.length)).toEqual([3])
  expect(stretches([], minute)).toEqual([])
})

test.each([
  [0.055, 4, [0, 0.02, 0.04, 0.06]],
  [330, 4, [0, 100, 200, 300, 400]],
  [1, 4, [0, 0.5, 1]],
  [0.3, 3, [0, 0.1, 0.2, 0.3]],
  [0, 4, [0, 1]],
])('values up to %s have round ticks', (top, count, ticks) => {
  expect(valueTicks(top, count)).toEqual(ticks)
})

test('times have round ticks', () => {
  const at = (clock: string) => Date.parse(`2026-12-01T${clock}:00Z`)
  expect(
    timeTicks(at('23:15'), at('23:15') + 142 * minute, 10).map((ms) => new Date(ms).toISOString().slice(11, 16)),
  ).toEqual(['23:15', '23:30', '23:45', '00:00', '00:15', '00:30', '00:45', '01:00', '01:15', '01:30'])
  expect(timeTicks(0, 400 * 86_400_000, 10).length).toBeLessThanOrEqual(11)
})

test('a domain without width lies at its beginning', () => {
  expect(linear([5, 5], [10, 20])(5)).toBe(10)
})
