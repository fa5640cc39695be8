import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repaint } from '../../../src/ui/live/repaint.ts'
import { screenOf } from '../../support/live-screens.ts'

const line = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '─'), maxLength: 18 }).map((text) => text.trimEnd())
const painting = fc.record({
  after: fc.array(line, { maxLength: 6 }),
  above: fc.array(line, { maxLength: 3 }),
  whole: fc.boolean(),
})

test('after any paintings a terminal shows every log line once, in order, and the newest frame under them', () => {
  fc.assert(
    fc.property(fc.array(painting, { minLength: 1, maxLength: 12 }), (paintings) => {
      const columns = 20
      let bytes = ''
      let before: readonly string[] = []
      const log: string[] = []
      for (const { after, above, whole } of paintings) {
        bytes += repaint({ before, after, columns, above, whole })
        log.push(...above)
        before = after
      }
      const shown = screenOf(bytes, columns)
      const wanted = [...log, ...before]
      expect(shown.slice(0, wanted.length)).toEqual(wanted)
      expect(shown.slice(wanted.length).join('')).toBe('')
    }),
    { numRuns: 500 },
  )
})

test('on a terminal that became narrower no line of the old frame is left over', () => {
  const before = ['x'.repeat(30), 'y'.repeat(8), 'z'.repeat(25)]
  // The terminal has broken them: 30 columns take two rows of 20.
  const broken = `log\r\n${before.join('\r\n')}`
  const shown = screenOf(broken + repaint({ before, after: ['new'], columns: 20, above: [], whole: false }), 20)
  expect(shown.join('\n').trimEnd()).toBe('log\nnew')
})

test('only the lines that changed are written', () => {
  const before = ['one', 'two', 'three', 'four']
  const bytes = repaint({ before, after: ['one', 'TWO', 'three', 'four'], columns: 80, above: [], whole: false })
  expect(bytes).toContain('TWO')
  expect(bytes).not.toContain('one')
  expect(bytes).not.toContain('three')
})

test('a frame comes at once, in the brackets of synchronized output', () => {
  const bytes = repaint({ before: [], after: ['a', 'b'], columns: 80, above: ['log'], whole: false })
  expect(bytes.startsWith('\u001B[?2026h')).toBe(true)
  expect(bytes.endsWith('\u001B[?2026l')).toBe(true)
})
