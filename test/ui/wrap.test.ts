import { expect, test } from 'vitest'
import { wrap } from '../../src/ui/wrap.ts'

test('a line that fits stays as it is', () => {
  expect(wrap('18:04:12Z ✔ all is well', 40, 12)).toEqual(['18:04:12Z ✔ all is well'])
})

test('a long line is broken at spaces and goes on further in', () => {
  expect(wrap('error     production stays as it is until somebody resumes', 40, 10)).toEqual([
    'error     production stays as it is',
    '          until somebody resumes',
  ])
})

test('a cell of a table is not torn where it fits below', () => {
  expect(wrap('? unknown  sign-off recorded  0 of 1 signed (wanted 1)', 40, 4)).toEqual([
    '? unknown  sign-off recorded',
    '    0 of 1 signed (wanted 1)',
  ])
})

test('colours count nothing, and a word that is too long stays whole', () => {
  expect(wrap(`\u001B[2m${'a'.repeat(40)}\u001B[22m`, 40, 4)).toHaveLength(1)
  expect(wrap(`see ${'a'.repeat(50)} now`, 40, 4)).toEqual(['see', `    ${'a'.repeat(50)}`, '    now'])
})
