import { expect, test } from 'vitest'
import { wrap, wrapRow } from '../../src/ui/wrap.ts'

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

test('the last cell of a row is broken within its own column', () => {
  expect(wrapRow('  judged  2026-12-02 00:24:00Z by ada on a laptop, event 70', 40)).toEqual([
    '  judged  2026-12-02 00:24:00Z by ada on',
    '          a laptop, event 70',
  ])
  expect(wrapRow('LIMIT  ENDED      WHY', 40)).toEqual(['LIMIT  ENDED      WHY'])
  expect(wrapRow(' 0.5%  ✖ stopped  errors of requests above 0.5% at 30%: 14.3% of 3,617', 60)).toEqual([
    ' 0.5%  ✖ stopped  errors of requests above 0.5% at 30%:',
    '                  14.3% of 3,617',
  ])
})

test('where the last column is too narrow its cell stands below the second one', () => {
  expect(wrapRow('production  deploy to production       s3://sb-prod, CloudFront E2PROD invalidated', 60)).toEqual([
    'production  deploy to production',
    '            s3://sb-prod, CloudFront E2PROD invalidated',
  ])
})

test('a line without cells goes on below its own beginning, and colours count nothing', () => {
  expect(wrapRow('  –: not acted on there, because it matters too little', 40)).toEqual([
    '  –: not acted on there, because it',
    '  matters too little',
  ])
  const coloured = `\u001B[2mwhy\u001B[22m  ${'word '.repeat(9).trim()}`
  expect(wrapRow(coloured, 50)).toEqual([coloured])
  expect(wrapRow(coloured, 40)).toEqual([`\u001B[2mwhy\u001B[22m  ${'word '.repeat(7).trim()}`, '     word word'])
})
