import { describe, expect, test } from 'vitest'
import { withDeadline } from '../../src/aws/deadline.ts'
import { awsFault } from '../../src/aws/faults.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { version } from '../../src/core/brand.ts'
import { awsServer, s3Fault, type AwsReply } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const plain = { contentType: 'text/plain', cacheControl: 'no-store' }
const body = new TextEncoder().encode('x')
const written: AwsReply = { status: 200, headers: { etag: '"e1"' } }

async function bucketAnswering(replies: readonly AwsReply[]) {
  const server = await awsServer((_request, n) => replies[Math.min(n, replies.length) - 1] ?? 'hang up')
  return { server, objects: s3Objects(s3Client(emulated(server.endpoint)), 'site', hurriedRetries) }
}

const fault = (status: number, code: string, more = `<Message>${code} said</Message>`) => ({
  status,
  body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code>${more}</Error>`,
})

describe('what AWS says becomes what a person can act on', () => {
  test.each<[string, AwsReply, string, string]>([
    ['AccessDenied', s3Fault(403, 'AccessDenied'), 'FORBIDDEN', 's3 GetObject on s3://site/k: AccessDenied said'],
    [
      'ExpiredToken',
      s3Fault(400, 'ExpiredToken'),
      'CREDENTIALS',
      's3 GetObject on s3://site/k: ExpiredToken: ExpiredToken said',
    ],
    [
      'a wrong clock',
      s3Fault(403, 'RequestTimeTooSkewed'),
      'CREDENTIALS',
      's3 GetObject on s3://site/k: the clock of this machine is wrong',
    ],
    ['NoSuchBucket', s3Fault(404, 'NoSuchBucket'), 'NOT_FOUND', 's3 GetObject on s3://site/k: it does not exist'],
    [
      'another region',
      s3Fault(301, 'PermanentRedirect'),
      'NOT_FOUND',
      's3 GetObject on s3://site/k: it is in another region (PermanentRedirect said)',
    ],
    [
      'another region that is named in a header',
      { ...fault(301, 'PermanentRedirect'), headers: { 'x-amz-bucket-region': 'eu-west-1' } },
      'NOT_FOUND',
      's3 GetObject on s3://site/k: it is in eu-west-1, not in us-east-1',
    ],
    [
      'another region that is named in the body',
      fault(
        400,
        'AuthorizationHeaderMalformed',
        "<Message>The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'</Message><Region>eu-west-1</Region>",
      ),
      'NOT_FOUND',
      's3 GetObject on s3://site/k: it is in eu-west-1, not in us-east-1',
    ],
    [
      'SlowDown that stays',
      s3Fault(503, 'SlowDown'),
      'UNREACHABLE',
      's3 GetObject on s3://site/k: throttled (SlowDown)',
    ],
    [
      'an internal error that stays',
      s3Fault(500, 'InternalError'),
      'UNREACHABLE',
      's3 GetObject on s3://site/k: HTTP 500 InternalError',
    ],
    ['a closed connection', 'hang up', 'UNREACHABLE', 's3 GetObject on s3://site/k: ECONNRESET'],
    [
      'a bad request',
      s3Fault(400, 'InvalidArgument'),
      'STEP_FAILED',
      's3 GetObject on s3://site/k: InvalidArgument InvalidArgument said',
    ],
  ])('%s', async (_case, reply, code, message) => {
    const { server, objects } = await bucketAnswering([reply])
    await using _ = server
    await expect(objects.get('k', never)).rejects.toMatchObject({ code, message })
  })

  test('a page of an emulator or a proxy is not taken for an answer', async () => {
    const { server, objects } = await bucketAnswering([{ status: 200, body: '<html><body>Log in<br></body>' }])
    await using _ = server
    await expect(objects.list('', never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  })

  test('a bug stays a bug', () => {
    const bug = new TypeError('x is not a function')
    expect(awsFault(bug, { service: 's3', operation: 'GetObject', resource: 'x' })).toBe(bug)
  })
})

describe('retries', () => {
  test('a read gets over a throttle, a 500 and a closed connection', async () => {
    const { server, objects } = await bucketAnswering([
      s3Fault(503, 'SlowDown'),
      s3Fault(500, 'InternalError'),
      'hang up',
      { status: 200, body: 'hi' },
    ])
    await using _ = server
    expect(new TextDecoder().decode((await objects.get('k', never))?.body)).toBe('hi')
    expect(server.requests).toHaveLength(4)
  })

  test('an unconditional write is repeated, so that a rollback gets through', async () => {
    const { server, objects } = await bucketAnswering(['hang up', s3Fault(503, 'SlowDown'), written])
    await using _ = server
    expect(await objects.put('flag', body, plain, never)).toEqual({ status: 'written', etag: '"e1"' })
  })

  test.each([['absent' as const], [version('"e0"')]])(
    'a conditional write (%s) with a lost answer is not repeated: nobody would know whose it was',
    async (expect_) => {
      const { server, objects } = await bucketAnswering(['hang up', written])
      await using _ = server
      await expect(objects.put('k', body, { ...plain, expect: expect_ }, never)).rejects.toMatchObject({
        code: 'UNREACHABLE',
      })
      expect(server.requests).toHaveLength(1)
    },
  )

  test('a conditional write that met another one in flight (409) is sent again with the same bytes', async () => {
    const busy = s3Fault(409, 'ConditionalRequestConflict')
    const { server, objects } = await bucketAnswering([busy, busy, written])
    await using _ = server
    expect(await objects.put('k', body, { ...plain, expect: 'absent' }, never)).toMatchObject({ status: 'written' })
    expect(server.requests.map((request) => [request.headers['if-none-match'], request.body])).toEqual(
      [1, 2, 3].map(() => ['*', 'x']),
    )
  })

  test('a 409 that stays is a conflict', async () => {
    const { server, objects } = await bucketAnswering([s3Fault(409, 'ConditionalRequestConflict')])
    await using _ = server
    expect(await objects.put('k', body, { ...plain, expect: 'absent' }, never)).toEqual({ status: 'conflict' })
  })
})

test('a call that gets no answer ends at its deadline, one that is aborted ends with the reason', async () => {
  const hang = (signal: AbortSignal) =>
    new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('AbortError'))))
  await expect(withDeadline(hang, 30, never)).rejects.toThrow('no answer within 30 ms')
  const controller = new AbortController()
  const aborted = withDeadline(hang, 10_000, controller.signal)
  controller.abort(new Error('SIGTERM'))
  await expect(aborted).rejects.toThrow('SIGTERM')
})
