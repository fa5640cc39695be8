import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { firstPutFast } from '../../src/aws/first-put.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { epochMs, version } from '../../src/core/brand.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { awsServer, s3Fault } from '../support/aws-server.ts'
import { emulated, startMoto } from '../support/moto.ts'
import { never, realWait } from '../support/real-time.ts'
import { lacks } from '../support/waive.ts'
import { CreateBucketCommand } from '@aws-sdk/client-s3'

const put = { contentType: 'application/json', cacheControl: 'public, max-age=5' }
const body = new TextEncoder().encode('{"percent":0}')
const ok = { status: 200, headers: { etag: '"e"' } }

function over(endpoint: string, bucket = 'board-prod'): { readonly objects: ObjectStore; readonly fast: ObjectStore } {
  const access = emulated(endpoint)
  const { credentials } = access
  if (credentials === null) throw new Error('an emulator takes any keys')
  const objects = s3Objects(s3Client(access), bucket, { wait: realWait, unit: () => 0 })
  const now = () => epochMs(Date.UTC(2026, 11, 1, 18))
  return { objects, fast: firstPutFast(objects, { access: { ...access, credentials }, now }) }
}

const bySdk = ({ headers }: { readonly headers: { readonly [name: string]: unknown } }) =>
  String(headers['user-agent']).includes('aws-sdk-js')

test('the first unconditional write goes out without the SDK, as the SDK would write it', async () => {
  await using server = await awsServer(() => ok)
  const { objects, fast } = over(server.endpoint)

  expect(await fast.put('flags/a b+.json', body, put, never)).toEqual({ status: 'written', etag: version('"e"') })
  await objects.put('flags/a b+.json', body, put, never)

  const [ours, theirs] = server.requests
  expect([ours, theirs].map((request) => request && bySdk(request))).toEqual([false, true])
  expect(theirs?.url).toBe(`${ours?.url}?x-id=PutObject`)
  expect(ours).toMatchObject({ method: 'PUT', url: '/board-prod/flags/a%20b%2B.json', body: '{"percent":0}' })
  for (const name of ['host', 'content-type', 'cache-control', 'content-length'])
    expect(ours?.headers[name]).toBe(theirs?.headers[name])
  const digest = createHash('sha256').update(body)
  expect(ours?.headers).toMatchObject({
    'x-amz-date': '20261201T180000Z',
    'x-amz-content-sha256': digest.copy().digest('hex'),
    'x-amz-checksum-sha256': digest.digest('base64'),
  })
})

test('the second write and a conditional one are the SDK’s', async () => {
  await using server = await awsServer(() => ok)
  const { fast } = over(server.endpoint)
  await fast.put('k.json', body, { ...put, expect: 'absent' }, never)
  await fast.put('k.json', body, put, never)
  const again = over(server.endpoint).fast
  await again.put('k.json', body, put, never)
  await again.put('k.json', body, put, never)
  expect(server.requests.map(bySdk)).toEqual([true, true, false, true])
})

test.each([
  ['a refusal', s3Fault(400, 'ExpiredToken')],
  ['a redirect to another region', { status: 301, headers: { location: 'http://127.0.0.1:1/' } }],
  ['trouble of the service', s3Fault(503, 'SlowDown')],
  ['a connection that breaks', 'hang up'],
] as const)('after %s the SDK writes the same bytes', async (_name, reply) => {
  await using server = await awsServer((_request, n) => (n === 1 ? reply : ok))
  const { fast } = over(server.endpoint)
  expect(await fast.put('k.json', body, put, never)).toMatchObject({ status: 'written' })
  expect(server.requests.map(bySdk)).toEqual([false, true])
  expect(new Set(server.requests.map((request) => request.body)).size).toBe(1)
})

test.each(['board.prod', 'board-prod--use1-az4--x-s3', 'board-s3alias', 'arn:aws:s3:us-east-1:1:accesspoint/a'])(
  'a bucket that is none by itself, %s, is left to the SDK',
  async (bucket) => {
    await using server = await awsServer(() => ok)
    const { fast } = over(server.endpoint, bucket)
    await fast.put('k.json', body, put, never).catch(() => {}) // whatever the SDK makes of the name
    expect(server.requests.filter((request) => !bySdk(request))).toEqual([])
  },
)

test('a stop before the answer stops it', async () => {
  await using server = await awsServer(() => ok)
  const reason = new Error('Ctrl-C')
  await expect(over(server.endpoint).fast.put('k.json', body, put, AbortSignal.abort(reason))).rejects.toBe(reason)
  expect(server.requests).toEqual([])
})

test.skipIf(await lacks('moto'))('moto takes the signed write', async () => {
  await using moto = await startMoto()
  if (!moto) throw new Error('moto did not start')
  await s3Client(moto.access).send(new CreateBucketCommand({ Bucket: 'board-prod' }))
  const { objects, fast } = over(moto.endpoint)
  const written = await fast.put('flags/board.json', body, put, never)
  const found = await objects.get('flags/board.json', never)
  expect(found).toMatchObject({ ...put, etag: written.status === 'written' ? written.etag : null })
  expect(new TextDecoder().decode(found?.body)).toBe('{"percent":0}')
})
