import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  CreateBucketCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetBucketLocationCommand,
  ListObjectsV2Command,
  GetBucketOwnershipControlsCommand,
  GetObjectAclCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { errorOf, openWorld, passTime, s3Client, stagingAccount, startAt } from './support/sandbox.ts'

const Bucket = 'sb-prod'

test('an object comes back with its body, entity headers, metadata and MD5 ETag', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'a b/ü.txt',
      Body: 'hello',
      ContentType: 'text/plain',
      CacheControl: 'no-cache',
      Metadata: { release: 'r1' },
    }),
  )
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'a b/ü.txt' }))
  expect(await got.Body?.transformToString()).toBe('hello')
  expect(got).toMatchObject({
    ContentType: 'text/plain',
    CacheControl: 'no-cache',
    Metadata: { release: 'r1' },
    ContentLength: 5,
  })
  // md5sum of "hello"
  expect(got.ETag).toBe('"5d41402abc4b2a76b9719d911017c592"')
})

test('an object without a content type is binary/octet-stream', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const answer = await fetch(`${world.sandbox.apiUrl}/${Bucket}/raw`, {
    method: 'PUT',
    body: new Uint8Array([1, 2, 3]),
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=ANYKEY/20261201/us-east-1/s3/aws4_request' },
  })
  expect(answer.status).toBe(200)
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'raw' }))).ContentType).toBe('binary/octet-stream')
})

test('Last-Modified is virtual, the Date header is real', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await passTime(world, 90_000)
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))
  expect(head.LastModified?.getTime()).toBe(startAt + 90_000)
  const answer = await fetch(world.site)
  expect(Math.abs(Date.parse(answer.headers.get('date') ?? '') - Date.now())).toBeLessThan(60_000)
})

test('of 20 creators of one key exactly one wins', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const tries = Array.from({ length: 20 }, (_, n) =>
    errorOf(s3.send(new PutObjectCommand({ Bucket, Key: 'once', Body: `${n}`, IfNoneMatch: '*' }))),
  )
  const results = await Promise.all(tries)
  expect(results.filter((result) => result === 'no error')).toHaveLength(1)
  expect(results.filter((result) => result === 'PreconditionFailed 412')).toHaveLength(19)
})

test('a write with If-Match replaces exactly that version, and says 404 when nothing is there', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const first = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '1' }))
  const put = (Body: string, IfMatch: string | undefined, Key = 'k') =>
    errorOf(s3.send(new PutObjectCommand({ Bucket, Key, Body, IfMatch })))
  expect(await put('2', first.ETag)).toBe('no error')
  expect(await put('3', first.ETag)).toBe('PreconditionFailed 412')
  expect(await put('3', first.ETag, 'absent')).toBe('NoSuchKey 404')
})

test('a body that does not match its checksum is refused and nothing is stored', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const wrong = createHash('sha256').update('other').digest('base64')
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ChecksumSHA256: wrong })))).toBe(
    'BadDigest 400',
  )
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ChecksumCRC32: 'AAAAAA==' })))).toBe(
    'BadDigest 400',
  )
  const md5 = createHash('md5').update('other').digest('base64')
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ContentMD5: md5 })))).toBe(
    'BadDigest 400',
  )
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ChecksumSHA256: 'AAAA' })))).toBe(
    'InvalidRequest 400',
  )
  expect(await errorOf(s3.send(new HeadObjectCommand({ Bucket, Key: 'k' })))).toBe('NotFound 404')
})

test('a verified checksum is told on request', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const sha256 = createHash('sha256').update('x').digest('base64')
  await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x', ChecksumSHA256: sha256 }))
  expect((await s3.send(new HeadObjectCommand({ Bucket, Key: 'k' }))).ChecksumSHA256).toBeUndefined()
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'k', ChecksumMode: 'ENABLED' }))).toMatchObject({
    ChecksumSHA256: sha256,
    ChecksumType: 'FULL_OBJECT',
  })
})

test('a streamed body arrives without its chunk framing, and a broken one not at all', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const parts = ['first,', 'second,', 'x'.repeat(70_000)]
  await s3.send(
    new PutObjectCommand({
      Bucket,
      Key: 'stream',
      Body: Readable.from(parts.map((part) => Buffer.from(part))),
      ContentLength: 70_013,
    }),
  )
  const got = await s3.send(new GetObjectCommand({ Bucket, Key: 'stream', ChecksumMode: 'ENABLED' }))
  expect(await got.Body?.transformToString()).toBe(parts.join(''))
  expect(got.ContentEncoding).toBeUndefined()
  const framed = (trailer: string) =>
    fetch(`${world.sandbox.apiUrl}/${Bucket}/framed`, {
      method: 'PUT',
      body: `5\r\nhello\r\n0\r\n${trailer}\r\n\r\n`,
      headers: {
        authorization: 'AWS4-HMAC-SHA256 Credential=ANYKEY/20261201/us-east-1/s3/aws4_request',
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'x-amz-decoded-content-length': '5',
      },
    })
  // CRC32 of "hello" is 0x3610a686.
  expect((await framed('x-amz-checksum-crc32:NhCmhg==')).status).toBe(200)
  const bad = await framed('x-amz-checksum-crc32:AAAAAA==')
  expect([bad.status, await bad.text()]).toEqual([400, expect.stringContaining('<Code>BadDigest</Code>')])
})

test('reads honour If-None-Match, If-Match and Range', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  const { ETag } = await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: '0123456789' }))
  const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: 'k', ...more }))
  expect(await errorOf(get({ IfNoneMatch: ETag }))).toMatch(/304$/)
  expect(await errorOf(get({ IfMatch: '"other"' }))).toBe('PreconditionFailed 412')
  const part = await get({ Range: 'bytes=2-4' })
  expect([part.$metadata.httpStatusCode, part.ContentRange, await part.Body?.transformToString()]).toEqual([
    206,
    'bytes 2-4/10',
    '234',
  ])
  expect(await (await get({ Range: 'bytes=-3' })).Body?.transformToString()).toBe('789')
  expect(await errorOf(get({ Range: 'bytes=10-' }))).toBe('InvalidRange 416')
})

test('a copy keeps its metadata unless it is told to replace it', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await s3.send(
    new PutObjectCommand({ Bucket, Key: 'from é', Body: 'x', ContentType: 'text/html', CacheControl: 'no-cache' }),
  )
  const CopySource = `${Bucket}/${encodeURIComponent('from é')}`
  const copied = await s3.send(new CopyObjectCommand({ Bucket, Key: 'kept', CopySource }))
  await s3.send(
    new CopyObjectCommand({
      Bucket,
      Key: 'replaced',
      CopySource,
      MetadataDirective: 'REPLACE',
      ContentType: 'text/plain',
    }),
  )
  expect(copied.CopyObjectResult?.ETag).toBe('"9dd4e461268c8034f5c8564e155c67a6"')
  expect(await s3.send(new HeadObjectCommand({ Bucket, Key: 'kept' }))).toMatchObject({
    ContentType: 'text/html',
    CacheControl: 'no-cache',
  })
  const replaced = await s3.send(new HeadObjectCommand({ Bucket, Key: 'replaced' }))
  expect([replaced.ContentType, replaced.CacheControl]).toEqual(['text/plain', undefined])
  expect(await errorOf(s3.send(new CopyObjectCommand({ Bucket, Key: 'kept', CopySource, IfNoneMatch: '*' })))).toBe(
    'PreconditionFailed 412',
  )
  expect(
    await errorOf(s3.send(new CopyObjectCommand({ Bucket, Key: 'n', CopySource, CopySourceIfMatch: '"no"' }))),
  ).toBe('PreconditionFailed 412')
  expect(await errorOf(s3.send(new CopyObjectCommand({ Bucket, Key: 'n', CopySource: `${Bucket}/none` })))).toBe(
    'NoSuchKey 404',
  )
})

test('deletes may be conditional, alone and in a batch', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  for (const Key of ['a', 'b', 'c']) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  expect(await errorOf(s3.send(new DeleteObjectCommand({ Bucket, Key: 'a', IfMatch: '"no"' })))).toBe(
    'PreconditionFailed 412',
  )
  expect(await errorOf(s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' })))).toBe('no error')
  expect(await errorOf(s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' })))).toBe('no error')
  const batch = await s3.send(
    new DeleteObjectsCommand({
      Bucket,
      Delete: { Objects: [{ Key: 'b' }, { Key: 'c', ETag: '"no"' }, { Key: 'never-there' }] },
    }),
  )
  expect(batch.Deleted?.map(({ Key }) => Key)).toEqual(['b', 'never-there'])
  expect(batch.Errors).toMatchObject([{ Key: 'c', Code: 'PreconditionFailed' }])
})

test('a bucket of another account is refused, a shared one is not, a missing one is named', async () => {
  await using world = await openWorld()
  const staging = s3Client(world, stagingAccount)
  expect(await errorOf(staging.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' })))).toBe('AccessDenied 403')
  expect(await errorOf(staging.send(new HeadBucketCommand({ Bucket })))).toMatch(/403$/)
  expect(await errorOf(staging.send(new PutObjectCommand({ Bucket: 'sb-staging', Key: 'k', Body: 'x' })))).toBe(
    'no error',
  )
  expect(
    await errorOf(staging.send(new PutObjectCommand({ Bucket: 'statusboard-launches', Key: 'k', Body: 'x' }))),
  ).toBe('no error')
  expect(await errorOf(staging.send(new GetObjectCommand({ Bucket: 'nowhere', Key: 'k' })))).toBe('NoSuchBucket 404')
  expect((await fetch(`${world.sandbox.apiUrl}/${Bucket}/index.html`)).status).toBe(403)
})

test('buckets can be made, listed and asked about', async () => {
  await using world = await openWorld()
  const s3 = s3Client(world)
  await s3.send(
    new CreateBucketCommand({ Bucket: 'new-one', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } }),
  )
  expect((await s3.send(new ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toEqual(['new-one', 'sb-prod'])
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'new-one' }))).LocationConstraint).toBe('eu-west-1')
  expect(await errorOf(s3.send(new ListObjectsV2Command({ Bucket: 'new-one' })))).toBe('PermanentRedirect 301')
  expect((await s3.send(new GetPublicAccessBlockCommand({ Bucket }))).PublicAccessBlockConfiguration).toEqual({
    BlockPublicAcls: true,
    IgnorePublicAcls: true,
    BlockPublicPolicy: true,
    RestrictPublicBuckets: true,
  })
  expect((await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))).OwnershipControls?.Rules).toEqual([
    { ObjectOwnership: 'BucketOwnerEnforced' },
  ])
  expect(await errorOf(s3.send(new CreateBucketCommand({ Bucket: 'sb-staging' })))).toBe('BucketAlreadyExists 409')
})

test('what it does not implement it says so in S3 XML', async () => {
  await using world = await openWorld()
  expect(await errorOf(s3Client(world).send(new GetObjectAclCommand({ Bucket, Key: 'index.html' })))).toBe(
    'NotImplemented 501',
  )
})
