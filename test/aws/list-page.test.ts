import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readListPage } from '../../src/aws/list-page.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { awsServer } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { never, noWait } from '../support/real-time.ts'

const escaped = (text: string) =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;')
const row = (key: string, bytes = 3) =>
  `<Contents><Key>${escaped(key)}</Key><LastModified>2026-01-02T03:04:05.000Z</LastModified><ETag>&quot;e&quot;</ETag><Size>${bytes}</Size><StorageClass>STANDARD</StorageClass></Contents>`
const page = (rows: readonly string[], head = `<KeyCount>${rows.length}</KeyCount>`) =>
  `<?xml version="1.0"?><ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Name>site</Name>${head}<IsTruncated>false</IsTruncated>${rows.join('')}</ListBucketResult>`
const at = Date.UTC(2026, 0, 2, 3, 4, 5)

const listed = async (body: string) => {
  await using server = await awsServer(() => ({ status: 200, body }))
  return await s3Objects(s3Client(emulated(server.endpoint)), 'site', { wait: noWait, unit: () => 0 }).list('', never)
}

test('a page is read as the SDK reads it, whatever the keys are', async () => {
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((text) => text === text.trim() && !/\p{Cc}/u.test(text))
  await fc.assert(
    fc.asyncProperty(fc.array(key, { maxLength: 5 }), async (keys) => {
      const quick = await listed(page(keys.map((one) => row(one))))
      // Without a count it is left to the SDK.
      const bySdk = await listed(
        page(
          keys.map((one) => row(one)),
          '',
        ),
      )
      expect(quick).toEqual(bySdk)
      expect(quick.map((one) => one.key)).toEqual(keys)
    }),
    { numRuns: 40 },
  )
})

test('a row has its key, size, ETag and the time it was written', () => {
  expect(readListPage(page([row('a &<>"\'.js', 12)]))).toEqual([{ key: 'a &<>"\'.js', bytes: 12, etag: '"e"', at }])
})

test.each([
  ['no count', page([row('a')], '')],
  ['another count', page([row('a')], '<KeyCount>2</KeyCount>')],
  ['keys that are encoded', page([row('a')], '<KeyCount>1</KeyCount><EncodingType>url</EncodingType>')],
  ['CDATA', page(['<Contents><Key><![CDATA[a]]></Key></Contents>'], '<KeyCount>1</KeyCount>')],
  ['a row without a size', page([row('a').replace(/<Size>.*<\/Size>/, '')])],
  ['a size that is none', page([row('a').replace('<Size>3', '<Size>many')])],
  ['a time that is none', page([row('a').replace('2026-01-02T', 'today')])],
  ['an entity of its own', page([row('a').replace('<Key>a', '<Key>&own;')])],
  ['two keys in one row', page([row('a').replace('</Key>', '</Key><Key>b</Key>')])],
])('what is not written as S3 writes it is not guessed at: %s', (_what, xml) => {
  expect(readListPage(xml)).toBeNull()
})
