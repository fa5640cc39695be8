import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { etagInParts, etagOf } from '../../src/core/etag.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { LargeBody } from '../../src/core/ports.ts'
import { awsServer, s3Fault, type AwsReply, type AwsRequest } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { never, noWait } from '../support/real-time.ts'

const mib = 2 ** 20
const whole = Buffer.alloc(20 * mib, 'a')
whole.fill('b', 9 * mib)
const md5 = (bytes: Uint8Array) => createHash('md5').update(bytes).digest()

/** A body that says how much of it is asked for at once. */
function body(bytes = whole): LargeBody & { readonly asked: number[] } {
  const asked: number[] = []
  const slice = async (from: number, to: number) => (asked.push(to - from), bytes.subarray(from, to))
  return { bytes: bytes.length, slice, asked }
}
const options = {
  contentType: 'video/mp4',
  cacheControl: 'max-age=60',
  sha256: sha256(whole),
  expect: 'absent',
} as const

function answers({ url, method }: AwsRequest): AwsReply {
  if (url.includes('uploads')) return { status: 200, body: '<R><UploadId>u1</UploadId></R>' }
  if (method === 'DELETE') return { status: 204 }
  if (method === 'PUT') return { status: 200, headers: { etag: `"part${/partNumber=(\d+)/.exec(url)?.[1]}"` } }
  return { status: 200, body: '<R><ETag>"whole-3"</ETag></R>' }
}
const serving = async (answer: (request: AwsRequest) => AwsReply = answers) => {
  const server = await awsServer(answer)
  const objects = s3Objects(s3Client(emulated(server.endpoint)), 'site', { wait: noWait, unit: () => 0 })
  return {
    ...server,
    put: (from: LargeBody, how: typeof options = options) => objects.putLarge?.('film.mp4', from, how, never),
  }
}
const shown = ({ method, url }: AwsRequest) => `${method} ${url.replace(/[?&]x-id=\w+/, '')}`

test('a large body goes in parts of 8 MiB, each with its checksum, and becomes an object only if nothing is there', async () => {
  await using server = await serving()
  const from = body()
  expect(await server.put(from)).toEqual({ status: 'written', etag: '"whole-3"' })
  expect(from.asked).toEqual([8 * mib, 8 * mib, 4 * mib])
  const parts = server.requests.filter(({ method }) => method === 'PUT')
  expect(new Set(parts.map(({ headers }) => headers['x-amz-checksum-sha256']))).toEqual(
    new Set(
      [0, 8, 16].map((at) =>
        createHash('sha256')
          .update(whole.subarray(at * mib, (at + 8) * mib))
          .digest('base64'),
      ),
    ),
  )
  const end = server.requests.at(-1)
  expect(end?.headers['if-none-match']).toBe('*')
  expect(end?.body).toMatch(/part1.*part2.*part3/s)
})

test('a file that changed while it was read never becomes an object, and its parts are taken back', async () => {
  await using server = await serving()
  const changed = Buffer.from(whole)
  changed.fill('c', 17 * mib)
  await expect(server.put(body(changed))).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    message: expect.stringContaining('film.mp4 changed while it was uploaded'),
  })
  expect(server.requests.map(shown).filter((line) => /POST.*uploadId|DELETE/.test(line))).toEqual([
    expect.stringMatching(/^DELETE .*uploadId=u1/),
  ])
})

test('an object that is there already is a conflict; a part that stays refused ends the upload', async () => {
  const complete = ({ method, url }: AwsRequest) => method === 'POST' && url.includes('uploadId')
  await using there = await serving((request) =>
    complete(request) ? s3Fault(412, 'PreconditionFailed') : answers(request),
  )
  expect(await there.put(body())).toEqual({ status: 'conflict' })
  await using refusing = await serving((request) =>
    request.url.includes('partNumber=2') ? s3Fault(403, 'AccessDenied') : answers(request),
  )
  await expect(refusing.put(body())).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(refusing.requests.map(shown).at(-1)).toMatch(/^DELETE/)
})

test('the ETag of what was sent is known before: the MD5 of the bytes, or of the MD5s of its parts', async () => {
  expect(etagOf(Buffer.from('hello'))).toBe('5d41402abc4b2a76b9719d911017c592')
  const parts = [0, 8, 16].map((at) => md5(whole.subarray(at * mib, (at + 8) * mib)))
  expect(await etagInParts(body())).toBe(`${md5(Buffer.concat(parts)).toString('hex')}-3`)
})
