import { stripVTControlCharacters } from 'node:util'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { frame } from '../../../src/ui/live/frame.ts'
import type { LiveModel } from '../../../src/ui/live/model.ts'
import { frameRows } from '../../../src/ui/live/size.ts'
import { width } from '../../../src/ui/text.ts'
import { forbiddenIn } from '../../support/forbidden.ts'
import { golden } from '../../support/golden.ts'
import { hostileText, poison } from '../../support/hostile.ts'
import { modelAt, watchedLaunches } from '../../support/live-screens.ts'
import { ascii, coloured, uncoloured } from '../../support/views.ts'

const launches = await watchedLaunches()

function at(name: string, count: number, laterMs = 17_000): LiveModel {
  const launch = launches[name]
  if (!launch) throw new Error(`no journal "${name}"`)
  return modelAt(launch, count, laterMs)
}

const moments = {
  'before-sign-off': at('healthy', 3),
  baking: at('rolled-back', 40),
  failed: at('rolled-back', 49),
  'rolled-back': at('rolled-back', Infinity),
  held: at('held', Infinity),
  finished: at('healthy', Infinity),
} as const

const screens = [
  ['80x24', 80, 24, uncoloured],
  ['120x40', 120, 40, uncoloured],
  ['40x24', 40, 24, uncoloured],
  ['80x24-dark', 80, 24, coloured],
  ['80x24-ascii', 80, 24, ascii],
] as const

describe.each(Object.entries(moments))('a launch that is %s', (moment, model) => {
  test.each(screens)('looks like this on %s', (screen, columns, rows, theme) => {
    const lines = frame(model, { width: columns, height: frameRows(rows), theme })
    // Escapes are written as a character that a reviewer sees.
    const text = `${lines.join('\n').replaceAll('\u001B', '␛')}\n`
    expect(text).toBe(golden(new URL(`golden/${moment}-${screen}.txt`, import.meta.url), text))
  })
})

const size = fc.record({
  width: fc.integer({ min: 30, max: 160 }),
  height: fc.integer({ min: 6, max: 60 }),
  theme: fc.constantFrom(uncoloured, ascii, coloured),
})

test('no screen of any launch at any moment is wider or higher than its terminal, and it says what comes next or how it ended', () => {
  const all = Object.values(launches).flatMap((launch) =>
    launch.events.flatMap((_event, index) => (index % 3 === 0 ? [modelAt(launch, index + 1, 5000)] : [])),
  )
  fc.assert(
    fc.property(fc.constantFrom(...all), size, (model, given) => {
      const lines = frame(model, given)
      expect(lines.length).toBeLessThanOrEqual(given.height)
      expect(lines.filter((line) => width(line) > given.width)).toEqual([])
      const text = stripVTControlCharacters(lines.join('\n'))
      expect(text).toMatch(/^(?:now|next|ended|acts) /m)
    }),
    { numRuns: 200 },
  )
})

test('a terminal without UTF-8 gets nothing but ASCII of what launch writes itself', () => {
  for (const model of Object.values(moments)) {
    const text = frame(model, { width: 100, height: 40, theme: ascii }).join('\n')
    // oxlint-disable-next-line no-control-regex -- ASCII is a range of codes
    expect(text.replaceAll(/[\u0000-\u007F]/g, '')).toBe('')
  }
})

test('hostile text in every field stays text inside its cell', () => {
  fc.assert(
    fc.property(fc.constantFrom(...Object.values(moments)), hostileText, size, (model, text, given) => {
      const lines = frame(poison(model, text), given)
      expect(forbiddenIn(stripVTControlCharacters(lines.join('\n')))).toEqual([])
      expect(lines.filter((line) => line.includes('\n') || width(line) > given.width)).toEqual([])
      expect(lines.length).toBeLessThanOrEqual(given.height)
    }),
    { numRuns: 150 },
  )
})

test('characters of two columns fit as others do, in names and in sentences that are broken', () => {
  for (const model of Object.values(moments))
    for (const text of ['状況 '.repeat(12), '状'.repeat(40)])
      for (const columns of [30, 31, 60, 80]) {
        const lines = frame(poison(model, text), { width: columns, height: 40, theme: uncoloured })
        expect(lines.filter((line) => width(line) > columns)).toEqual([])
      }
})

test('a failing check is seen on the smallest screen, with its value and its limit', () => {
  const text = frame(moments.failed, { width: 40, height: frameRows(24), theme: uncoloured }).join('\n')
  expect(text).toMatch(/✖ Error rate .* 14% > 1%/)
})

test('the model of a screen is plain data', () => {
  for (const model of Object.values(moments)) expect(JSON.parse(JSON.stringify(model))).toEqual(model)
})
