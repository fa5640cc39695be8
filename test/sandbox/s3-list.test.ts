import {
  ListObjectsCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { openWorld, s3Client } from './support/sandbox.ts'

const Bucket = 'statusboard-launches'

async function putAll(s3: S3Client, keys: readonly string[]): Promise<void> {
  await Promise.all(keys.map((Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))))
}

test('pages cover every key once and in order', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const keys = Array.from({ length: 25 }, (_, n) => `events/${String(n).padStart(8, '0')}.json`)
  await putAll(s3, [...keys].reverse())
  const seen: string[] = []
  let pages = 0
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 10 }, { Bucket, Prefix: 'events/' })) {
    seen.push(...(page.Contents ?? []).map(({ Key }) => Key ?? ''))
    pages += 1
  }
  expect([seen, pages]).toEqual([keys, 3])
})

test('a delimiter folds keys into common prefixes, which count towards the page', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await putAll(s3, ['a/1', 'a/2', 'b', 'c/1', 'c/2', 'd'])
  const all = await s3.send(new ListObjectsV2Command({ Bucket, Delimiter: '/' }))
  expect(all.Contents?.map(({ Key }) => Key)).toEqual(['b', 'd'])
  expect(all.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['a/', 'c/'])
  const pages: unknown[] = []
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 1 }, { Bucket, Delimiter: '/' })) {
    pages.push([
      ...(page.Contents ?? []).map(({ Key }) => Key),
      ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
    ])
  }
  expect(pages).toEqual([['a/'], ['b'], ['c/'], ['d']])
})

test('a listing may start after a key, also inside a prefix', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await putAll(s3, ['a/1', 'a/2', 'b/1', 'b/2'])
  const list = async (input: object) =>
    (await s3.send(new ListObjectsV2Command({ Bucket, ...input }))).Contents?.map(({ Key }) => Key)
  expect(await list({ StartAfter: 'a/1' })).toEqual(['a/2', 'b/1', 'b/2'])
  expect(await list({ Prefix: 'b/', StartAfter: 'a/1' })).toEqual(['b/1', 'b/2'])
  expect(await list({ Prefix: 'b/', StartAfter: 'c' })).toBeUndefined()
})

test('keys that XML cannot carry come back through URL encoding', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await putAll(s3, ['odd/a&b <c>+ü.txt'])
  const plain = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'odd/' }))
  expect(plain.Contents?.[0]?.Key).toBe('odd/a&b <c>+ü.txt')
  const encoded = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'odd/', EncodingType: 'url' }))
  expect(encoded.Contents?.[0]?.Key).toBe('odd/a%26b%20%3Cc%3E%2B%C3%BC.txt')
})

test('the older listing pages by marker', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await putAll(s3, ['a/1', 'b', 'c'])
  const first = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2 }))
  expect([first.IsTruncated, first.NextMarker]).toEqual([true, 'b'])
  const second = await s3.send(new ListObjectsCommand({ Bucket, Delimiter: '/', MaxKeys: 2, Marker: first.NextMarker }))
  expect([second.IsTruncated, second.Contents?.map(({ Key }) => Key)]).toEqual([false, ['c']])
})
