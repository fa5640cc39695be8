import { expect, test } from 'vitest'
import { edgeTtlMs } from '../../src/sandbox/cache-control.ts'

test.each([
  ['max-age=60', 60_000],
  ['public, max-age=60, s-maxage=5', 5000],
  ['s-maxage="7", max-age=60', 7000],
  ['max-age=0', 1000],
  ['no-cache', 1000],
  ['private, max-age=60', 1000],
  ['public,max-age=31536000,immutable', 31_536_000_000],
  ['max-age=99999999999', 31_536_000_000],
  ['public', 86_400_000],
  ['', 86_400_000],
  [null, 86_400_000],
])('the edge keeps "%s" for %d ms', (header, ms) => {
  expect(edgeTtlMs(header)).toBe(ms)
})
