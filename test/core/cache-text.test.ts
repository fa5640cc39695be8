import { expect, test } from 'vitest'
import { cacheText } from '../../src/core/cache-text.ts'

test('says what tells how old a copy is, and nothing of other headers', () => {
  const headers = { age: '37', 'x-cache': 'Hit from cloudfront', server: 'AmazonS3', 'cache-control': 'max-age=60' }
  expect(cacheText(headers)).toBe(' [x-cache: Hit from cloudfront; age: 37; cache-control: max-age=60]')
  expect(cacheText({ server: 'AmazonS3' })).toBe('')
})
