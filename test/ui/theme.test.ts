import { expect, test } from 'vitest'
import { verdictCell } from '../../src/ui/theme.ts'
import { ascii, coloured, uncoloured } from '../support/views.ts'

test('a verdict is an icon and a word, with and without colour', () => {
  expect(verdictCell(uncoloured, 'fail')).toBe('✖ fail')
  expect(verdictCell(coloured, 'fail')).toBe('\u001B[31m✖ fail\u001B[39m')
})

test('a terminal without Unicode gets plain characters for icons and punctuation', () => {
  expect(verdictCell(ascii, 'pass')).toBe('+ pass')
  expect(ascii.encode('10% → 30% – “ok” …')).toBe('10% -> 30% - "ok" ...')
})

test('no two icons look the same in plain characters', () => {
  const icons = Object.values(ascii.icons)
  expect(new Set(icons).size).toBe(icons.length)
})
