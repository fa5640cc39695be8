import { expect, test } from 'vitest'
import { byteRange } from '../../src/sandbox/http-range.ts'

// The examples of RFC 9110 §14.1.2 for a representation of 10,000 bytes.
test.each([
  ['bytes=0-499', { from: 0, to: 499 }],
  ['bytes=500-999', { from: 500, to: 999 }],
  ['bytes=-500', { from: 9500, to: 9999 }],
  ['bytes=9500-', { from: 9500, to: 9999 }],
  ['bytes=9990-20000', { from: 9990, to: 9999 }],
  ['bytes=-20000', { from: 0, to: 9999 }],
  ['bytes=10000-', 'unsatisfiable'],
  ['bytes=-0', 'unsatisfiable'],
  ['bytes=5-4', null],
  ['bytes=0-0,-1', null],
  ['items=0-1', null],
  [undefined, null],
])('of 10,000 bytes %s is %o', (header, range) => {
  expect(byteRange(header, 10_000)).toEqual(range)
})
