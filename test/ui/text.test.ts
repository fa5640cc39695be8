import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { pad, safeText, table, truncate, width } from '../../src/ui/text.ts'
import { forbiddenIn } from '../support/forbidden.ts'

const hostile = fc.string({ unit: 'binary' })

describe('safe text', () => {
  test('lets no control, escape or direction character through, whatever comes in', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(forbiddenIn(safeText(text)).length + safeText(text).split('\n').length).toBe(1)
      }),
    )
  })

  test.each([
    ['a colour', '\u001B[31mred\u001B[0m', 'red'],
    ['a hyperlink', '\u001B]8;;https://evil.example\u0007click\u001B]8;;\u0007', 'click'],
    ['a line break', 'one\r\ntwo', 'one two'],
    ['a direction override', 'user\u202Etxt.exe', 'usertxt.exe'],
    ['an eight-bit escape', '\u009B31mred', 'red'],
  ])('takes out %s and keeps the words', (_what, dirty, clean) => {
    expect(safeText(dirty)).toBe(clean)
  })

  test('changes clean text no further', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(safeText(safeText(text))).toBe(safeText(text))
      }),
    )
  })
})

describe('columns', () => {
  test('count wide characters twice, combining ones and colours not at all', () => {
    expect([width('abc'), width('日本'), width('e\u0301'), width('\u001B[32mok\u001B[39m'), width('🚀')]).toEqual([
      3, 4, 1, 2, 2,
    ])
  })

  test('a cut text is never wider than asked and says that it was cut', () => {
    expect(truncate('board-load p95', 8)).toBe('board-l…')
    expect(truncate('日本語', 4)).toBe('日…')
    expect(truncate('short', 8)).toBe('short')
  })

  test('a table lines its columns up under wide and coloured cells', () => {
    expect(
      table([
        ['日本', 'x'],
        ['\u001B[32mok\u001B[39m', 'y'],
        ['abcde', ''],
      ]),
    ).toEqual(['日本   x', '\u001B[32mok\u001B[39m     y', 'abcde'])
    expect(table([['1'], ['22']], { align: ['right'] })).toEqual([' 1', '22'])
    expect(pad('ab', 1)).toBe('ab')
  })
})
