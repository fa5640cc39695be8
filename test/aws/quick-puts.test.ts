import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { quickPuts } from '../../src/aws/quick-puts.ts'
import { leanPut } from '../../src/aws/lean-put.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { epochMs } from '../../src/core/brand.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { PutOptions } from '../../src/core/ports.ts'
import { awsServer, s3Fault, type AwsReply, type AwsRequest } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { never, noWait } from '../support/real-time.ts'

const now = () => epochMs(Date.UTC(2026, 0, 2, 3, 4, 5))
const ports = { wait: noWait, unit: () => 0.5, now }
const body = Buffer.from('console.log(1)\n')
const options: PutOptions & { readonly sha256: ReturnType<typeof sha256> } = {
  contentType: 'text/javascript; charset=utf-8',
  cacheControl: 'public, max-age=31536000, immutable',
  sha256: sha256(body),
  expect: 'absent',
}
const written = (): AwsReply => ({ status: 200, headers: { etag: '"e"', 'content-length': '0' } })
const sized = (reply: AwsReply): AwsReply =>
  reply === 'hang up'
    ? reply
    : { ...reply, headers: { ...reply.headers, 'content-length': String(Buffer.byteLength(reply.body ?? '')) } }

async function serving(answer: (request: AwsRequest, n: number) => AwsReply) {
  const server = await awsServer(answer)
  const client = s3Client(emulated(server.endpoint))
  return { ...server, client, puts: quickPuts(client, 'site', ports) }
}
const isSdk = (request: AwsRequest) => request.headers['amz-sdk-invocation-id'] !== undefined

test('says the same as the SDK: every header that means something, and a signature of its own', async () => {
  await using server = await serving(written)
  expect(await server.puts.put('assets/ä (1)+x.js', body, options, never)).toEqual({ status: 'written', etag: '"e"' })
  await s3Objects(server.client, 'site', { wait: noWait, unit: () => 0.5 }).put(
    'assets/ä (1)+x.js',
    body,
    options,
    never,
  )
  const [ours, theirs] = server.requests
  if (!ours || !theirs) throw new Error('two requests were expected')
  expect([isSdk(ours), isSdk(theirs)]).toEqual([false, true])
  expect(ours.url).toBe(theirs.url.replace('?x-id=PutObject', ''))
  expect(ours.body).toBe(theirs.body)
  const meaning = [
    'content-type',
    'cache-control',
    'content-length',
    'if-none-match',
    'x-amz-checksum-sha256',
    'x-amz-content-sha256',
    'host',
  ]
  for (const name of meaning) expect(ours.headers[name], name).toBe(theirs.headers[name])
  expect(ours.headers['x-amz-date']).toBe('20260102T030405Z')
  expect(ours.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE\/20260102\/us-east-1\/s3\//,
  )
})

test('any key goes to the address the SDK would use', async () => {
  await using server = await serving(written)
  const bySdk = s3Objects(server.client, 'site', { wait: noWait, unit: () => 0.5 })
  const key = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !/[\p{Cc}\\]/u.test(text) && !text.split('/').some((part) => ['', '.', '..'].includes(part)))
  await fc.assert(
    fc.asyncProperty(key, async (name) => {
      const from = server.requests.length
      await server.puts.put(name, body, options, never)
      await bySdk.put(name, body, options, never)
      const [ours, theirs] = server.requests.slice(from)
      expect(ours?.url).toBe(theirs?.url.replace('?x-id=PutObject', ''))
    }),
    { numRuns: 60 },
  )
})

test('what is there already is a conflict', async () => {
  await using server = await serving(() => sized(s3Fault(412, 'PreconditionFailed')))
  expect(await server.puts.put('k', body, options, never)).toEqual({ status: 'conflict' })
})

test('a bucket that says SlowDown is asked again, less at once, until it takes the object', async () => {
  await using server = await serving((_request, n) => (n < 4 ? sized(s3Fault(503, 'SlowDown')) : written()))
  expect(await server.puts.put('k', body, options, never)).toMatchObject({ status: 'written' })
  expect(server.requests.length).toBe(4)
})

test('one that never stops saying it is unreachable, and that is said', async () => {
  await using server = await serving(() => sized(s3Fault(503, 'SlowDown')))
  await expect(server.puts.put('k', body, options, never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: 's3 PutObject on s3://site/k: throttled (SlowDown)',
  })
})

test('a reply that was lost leaves open what was written: the caller has to look', async () => {
  await using server = await serving(() => 'hang up')
  await expect(server.puts.put('k', body, options, never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  const { expect: _, ...unconditional } = options
  expect(await server.puts.put('k', body, unconditional, never)).toBeNull()
})

test.each([
  ['a refusal', sized(s3Fault(403, 'AccessDenied'))],
  ['another region', sized(s3Fault(301, 'PermanentRedirect'))],
  [
    'a checksum that is not the one that was sent',
    { status: 200, headers: { etag: '"e"', 'content-length': '0', 'x-amz-checksum-sha256': 'AAAA' } },
  ],
])('whatever else is left to the SDK, which says what it is: %s', async (_what, reply) => {
  await using server = await serving((request) => (isSdk(request) ? s3Fault(403, 'AccessDenied') : reply))
  expect(await server.puts.put('k', body, options, never)).toBeNull()
  const objects = s3Objects(server.client, 'site', ports)
  await expect(objects.put('k', body, options, never)).rejects.toMatchObject({ code: 'FORBIDDEN' })
})

test('after answers it cannot use it asks the SDK at once', async () => {
  await using server = await serving(() => sized(s3Fault(403, 'AccessDenied')))
  for (let n = 0; n < 20; n += 1) await server.puts.put('k', body, options, never)
  expect(server.requests.length).toBe(8)
})

test('without a hash, for one version in particular, or without credentials nothing is sent', async () => {
  await using server = await serving(written)
  const { sha256: _, ...unhashed } = options
  expect(await server.puts.put('k', body, unhashed, never)).toBeNull()
  const poor = s3Client({ ...emulated(server.endpoint), credentials: null, profile: 'nobody-has-this' })
  expect(await quickPuts(poor, 'site', ports).put('k', body, options, never)).toBeNull()
  expect(server.requests).toEqual([])
})

test('in AWS it goes to the host of the bucket, in its region, over TLS; not where the SDK signs in another way', async () => {
  const access = { ...emulated(''), endpoints: {}, region: 'eu-central-1' }
  expect(await leanPut(s3Client(access), 'site', now)).not.toBeNull()
  // Directory buckets have a session and a signature of their own.
  expect(await leanPut(s3Client(access), 'site--euc1-az1--x-s3', now).catch(() => null)).toBeNull()
})

test('the checksum is that of the bytes, in base64', async () => {
  await using server = await serving(written)
  await server.puts.put('k', body, options, never)
  expect(server.requests[0]?.headers['x-amz-checksum-sha256']).toBe(createHash('sha256').update(body).digest('base64'))
})
