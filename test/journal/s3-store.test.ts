import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import type { ObjectStore, Wait } from '../../src/core/ports.ts'
import { s3Store } from '../../src/journal/s3-store.ts'
import { stateStoreContract } from '../contract/state-store.contract.ts'
import { awsServer, s3Fault, type AwsReply } from '../support/aws-server.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never, noWait } from '../support/real-time.ts'

stateStoreContract('bucket in memory', async () => {
  const objects = memoryObjectStore()
  return { open: () => s3Store(objects, 'launches', noWait) }
})

const lost = () => new LaunchError('UNREACHABLE', 's3 PutObject: ECONNRESET')

/** The bucket, where each put first does what `trouble` says: it may fail before or after the write. */
function troubled(
  objects: ObjectStore,
  trouble: (call: number, put: () => Promise<unknown>) => Promise<void>,
): ObjectStore {
  let calls = 0
  return {
    ...objects,
    put: async (...args) => {
      await trouble((calls += 1), () => objects.put(...args))
      return objects.put(...args)
    },
  }
}

test('a create whose answer was lost is its own when it is read back', async () => {
  const objects = troubled(memoryObjectStore(), async (call, put) => {
    if (call > 1) return
    await put()
    throw lost()
  })
  const state = s3Store(objects, '', noWait)
  expect(await state.create('events/00000001.json', '{"id":"mine"}', never)).toBe('created')
})

test('a create that was lost to another writer is not taken for its own', async () => {
  const bucket = memoryObjectStore()
  const rival = s3Store(bucket, '', noWait)
  const objects = troubled(bucket, async (call) => {
    if (call > 1) return
    await rival.create('events/00000001.json', '{"id":"theirs"}', never)
    throw lost()
  })
  expect(await s3Store(objects, '', noWait).create('events/00000001.json', '{"id":"mine"}', never)).toBe('exists')
})

test('a swap whose answer was lost gives the version it wrote', async () => {
  const bucket = memoryObjectStore()
  const state = s3Store(bucket, '', noWait)
  const first = await state.swap('active.json', 'a', null, never)
  const objects = troubled(bucket, async (call, put) => {
    if (call > 1) return
    await put()
    throw lost()
  })
  const swapped = await s3Store(objects, '', noWait).swap(
    'active.json',
    'b',
    first.status === 'written' ? first.version : null,
    never,
  )
  expect(swapped).toEqual({ status: 'written', version: (await state.get('active.json', never))?.version })
})

test('a swap that was lost to another writer is a conflict, and so is one whose object is gone since', async () => {
  const bucket = memoryObjectStore()
  const first = await s3Store(bucket, '', noWait).swap('active.json', 'a', null, never)
  const read = first.status === 'written' ? first.version : null
  for (const meanwhile of [
    () => s3Store(bucket, '', noWait).swap('active.json', 'theirs', read, never),
    () => bucket.remove(['active.json'], never),
  ]) {
    const objects = troubled(bucket, async (call) => {
      if (call > 1) return
      await meanwhile()
      throw lost()
    })
    const swapped = await s3Store(objects, '', noWait).swap('active.json', 'b', read, never)
    expect(swapped).toEqual({ status: 'conflict' })
  }
})

test('what is no doubt about the outcome is thrown at once: a bucket that says no, a bug', async () => {
  for (const error of [new LaunchError('NOT_FOUND', 'there is no bucket'), new TypeError('a bug')]) {
    let calls = 0
    const objects = troubled(memoryObjectStore(), async () => {
      calls += 1
      throw error
    })
    await expect(s3Store(objects, '', noWait).create('x', 'y', never)).rejects.toBe(error)
    expect(calls).toBe(1)
  }
})

test('everything lies below the prefix, as JSON that nobody keeps a copy of, and the location names it', async () => {
  const bucket = memoryObjectStore('journal')
  const state = s3Store(bucket, 'team/launches', noWait)
  expect(state.location).toBe('s3://journal/team/launches')
  expect(s3Store(bucket, '', noWait).location).toBe('s3://journal')
  await state.create('v1/a/active.json', 'x', never)
  const key = 'team/launches/v1/a/active.json'
  expect((await bucket.list('', never)).map((listed) => listed.key)).toEqual([key])
  expect(await bucket.get(key, never)).toMatchObject({ contentType: 'application/json', cacheControl: 'no-store' })
})

test('an object that a console made for the folder itself is no name in it', async () => {
  const bucket = memoryObjectStore()
  const state = s3Store(bucket, 'launches', noWait)
  await bucket.put('launches/v1/', new Uint8Array(), { contentType: '', cacheControl: '' }, never)
  await state.create('v1/a', 'x', never)
  expect(await state.list('v1/', never)).toEqual(['a'])
})

/** A state store over the real client, before a server that answers each PUT in turn as said and keeps the first body. */
async function answering(...replies: readonly AwsReply[]) {
  const kept: string[] = []
  const server = await awsServer(({ method, body }, n) => {
    if (method === 'GET') return { status: 200, headers: { etag: '"1"' }, body: kept[0] ?? '' }
    kept.push(body)
    return replies[n - 1] ?? { status: 200, headers: { etag: '"1"' } }
  })
  const client = s3Client({
    region: 'us-east-1',
    profile: null,
    role: null,
    endpoints: { all: server.endpoint },
    allowEndpoint: true,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  })
  const waits: number[] = []
  const wait: Wait = async (ms) => void waits.push(ms)
  const store = s3Store(s3Objects(client, 'bucket', { wait, unit: () => 0.5 }), '', wait, () => 0.5)
  const puts = () => server.requests.filter(({ method }) => method === 'PUT')
  return { store, puts, waits, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() }
}

test.each<[string, readonly AwsReply[], number]>([
  ['503 twice', [s3Fault(503, 'SlowDown'), s3Fault(503, 'SlowDown')], 3],
  ['500, then its own write is in the way', [s3Fault(500, 'InternalError'), s3Fault(412, 'PreconditionFailed')], 2],
  ['a lost reply, then its own write', ['hang up', s3Fault(412, 'PreconditionFailed')], 2],
  ['409 while another write is in flight', [s3Fault(409, 'ConditionalRequestConflict')], 2],
])(
  '%s: the same event is sent to the same slot again, by one layer only, after a pause',
  async (_name, replies, sent) => {
    await using s3 = await answering(...replies)
    expect(await s3.store.create('events/00000001.json', '{"id":"mine"}', never)).toBe('created')
    expect(s3.puts()).toHaveLength(sent)
    expect(new Set(s3.puts().map(({ url, headers }) => `${url.split('?')[0]} ${headers['if-none-match']}`))).toEqual(
      new Set(['/bucket/events/00000001.json *']),
    )
    expect(new Set(s3.puts().map(({ body }) => body.includes('{"id":"mine"}')))).toEqual(new Set([true]))
    expect(s3.waits).toHaveLength(sent - 1)
  },
)

test('a 412 without doubt is somebody else, at once', async () => {
  await using s3 = await answering(s3Fault(412, 'PreconditionFailed'))
  expect(await s3.store.create('events/00000001.json', '{"id":"mine"}', never)).toBe('exists')
  expect(s3.puts()).toHaveLength(1)
})

test('waits between tries are spread, and never shorter than half', async () => {
  const waits: number[] = []
  const wait: Wait = async (ms) => void waits.push(ms)
  const objects = troubled(memoryObjectStore(), async () => {
    throw lost()
  })
  for (const unit of [0, 0.999])
    await s3Store(objects, '', wait, () => unit)
      .create('x', 'y', never)
      .catch(() => {})
  expect(waits.map(Math.round)).toEqual([125, 250, 500, 1000, 250, 500, 1000, 1999])
  waits.length = 0
  await s3Store(objects, '', wait)
    .create('x', 'y', never)
    .catch(() => {})
  expect(waits).toEqual([250, 500, 1000, 2000])
})

test('a bucket that stays away is an error, not an answer', async () => {
  let calls = 0
  const objects = troubled(memoryObjectStore(), async () => {
    calls += 1
    throw lost()
  })
  await expect(s3Store(objects, '', noWait).create('x', 'y', never)).rejects.toMatchObject({ code: 'UNREACHABLE' })
  expect(calls).toBe(5)
})
