import { expect, test } from 'vitest'
import { cacheText, maxAgeMs } from '../../src/core/cache-text.ts'

test('says what tells how old a copy is, and nothing of other headers', () => {
  const headers = { age: '37', 'x-cache': 'Hit from cloudfront', server: 'AmazonS3', 'cache-control': 'max-age=60' }
  expect(cacheText(headers)).toBe(' [x-cache: Hit from cloudfront; age: 37; cache-control: max-age=60]')
  expect(cacheText({ server: 'AmazonS3' })).toBe('')
})

test.each([
  [{ 'cache-control': 'public, max-age=5, s-maxage=60' }, 60_000],
  [{ 'cache-control': 'no-store' }, null],
  [{ 'cache-control': 'max-age=5', age: '3' }, 5000],
  // A distribution with a least time of its own.
  [{ 'cache-control': 'max-age=5', age: '300' }, 300_000],
  [{ age: '37' }, 37_000],
  [{ age: 'old' }, null],
  [{}, null],
])('a copy with %j may be, or is, this old: %s ms', (headers, ms) => {
  expect(maxAgeMs(headers)).toBe(ms)
})
