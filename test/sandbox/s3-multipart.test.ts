import { createHash } from 'node:crypto'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  ListPartsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { errorOf, openWorld, s3Client } from './support/sandbox.ts'

const Bucket = 'sb-prod'
const Key = 'big.bin'
const big = Buffer.alloc(5 * 1024 * 1024, 7)
const tail = Buffer.from('tail')

test('parts become one object with the ETag of their MD5s', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const { UploadId } = await s3.send(
    new CreateMultipartUploadCommand({ Bucket, Key, ContentType: 'application/x-big' }),
  )
  const second = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 2, Body: tail }))
  const first = await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber: 1, Body: big }))
  expect(
    (await s3.send(new ListPartsCommand({ Bucket, Key, UploadId }))).Parts?.map(({ PartNumber, Size }) => [
      PartNumber,
      Size,
    ]),
  ).toEqual([
    [1, big.length],
    [2, 4],
  ])
  const Parts = [
    { PartNumber: 1, ETag: first.ETag },
    { PartNumber: 2, ETag: second.ETag },
  ]
  const done = await s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts } }))
  const md5 = (body: Buffer) => createHash('md5').update(body).digest()
  expect(done.ETag).toBe(`"${md5(Buffer.concat([md5(big), md5(tail)])).toString('hex')}-2"`)
  const got = await s3.send(new GetObjectCommand({ Bucket, Key, Range: `bytes=${big.length - 1}-` }))
  expect([got.ContentType, await got.Body?.transformToString()]).toEqual(['application/x-big', '\x07tail'])
})

test('an upload is refused with wrong parts, a small first part, after an abort, and over an existing key', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const start = async () => (await s3.send(new CreateMultipartUploadCommand({ Bucket, Key }))).UploadId
  const part = async (UploadId: string | undefined, PartNumber: number) => ({
    PartNumber,
    ETag: (await s3.send(new UploadPartCommand({ Bucket, Key, UploadId, PartNumber, Body: tail }))).ETag,
  })
  const complete = (
    UploadId: string | undefined,
    Parts: { PartNumber: number; ETag: string | undefined }[],
    more = {},
  ) =>
    errorOf(s3.send(new CompleteMultipartUploadCommand({ Bucket, Key, UploadId, MultipartUpload: { Parts }, ...more })))
  const UploadId = await start()
  const parts = [await part(UploadId, 1), await part(UploadId, 2)]
  expect(await complete(UploadId, [{ PartNumber: 1, ETag: '"0"' }])).toBe('InvalidPart 400')
  expect(await complete(UploadId, [...parts].reverse())).toBe('InvalidPartOrder 400')
  expect(await complete(UploadId, parts)).toBe('EntityTooSmall 400')
  await s3.send(new AbortMultipartUploadCommand({ Bucket, Key, UploadId }))
  expect(await complete(UploadId, parts)).toBe('NoSuchUpload 404')
  const again = await start()
  const only = [await part(again, 1)]
  expect(await complete(again, only, { IfNoneMatch: '*' })).toBe('no error')
  const third = await start()
  expect(await complete(third, [await part(third, 1)], { IfNoneMatch: '*' })).toBe('PreconditionFailed 412')
})
