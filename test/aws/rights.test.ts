import { expect, test } from 'vitest'
import { probeRights } from '../../src/aws/rights.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never } from '../support/real-time.ts'

const text = (body: Uint8Array | undefined) => new TextDecoder().decode(body)
const denied = (what: string) => new LaunchError('FORBIDDEN', `s3 PutObject on ${what}: Access Denied`)

async function site() {
  const objects = memoryObjectStore('site')
  await objects.put(
    'index.html',
    new TextEncoder().encode('<h1>'),
    { contentType: 'text/html', cacheControl: 'no-cache' },
    never,
  )
  await objects.put(
    'flags/x.json',
    new TextEncoder().encode('{}'),
    { contentType: 'application/json', cacheControl: 'max-age=5' },
    never,
  )
  return objects
}
const probeOf = (objects: ObjectStore) => ({
  site: objects,
  siteKey: 'index.html',
  flag: { objects, key: 'flags/x.json' },
  distribution: async () => 'd111.cloudfront.net',
  metrics: async () => undefined,
})

test('every right is seen without changing anything', async () => {
  const objects = await site()
  const before = await objects.list('', never)
  const rights = await probeRights(probeOf(objects), never)
  expect(rights.map(({ right, allowed }) => [right, allowed])).toEqual([
    ['deploy', true],
    ['rollback', true],
    ['list', true],
    ['distribution', true],
    ['read-metrics', true],
  ])
  expect(await objects.list('', never)).toEqual(before)
})

test('a right that is refused is named with what AWS said, the others are still seen', async () => {
  const objects = await site()
  const restricted: ObjectStore = {
    ...objects,
    put: (key, ...rest) => (key === 'flags/x.json' ? Promise.reject(denied(key)) : objects.put(key, ...rest)),
  }
  const metrics = () => Promise.reject(new LaunchError('FORBIDDEN', 'cloudwatch GetMetricData: not authorized'))
  const rights = await probeRights({ ...probeOf(restricted), metrics }, never)
  expect(rights.filter(({ allowed }) => !allowed)).toEqual([
    { right: 'rollback', allowed: false, detail: 's3 PutObject on flags/x.json: Access Denied' },
    { right: 'read-metrics', allowed: false, detail: 'cloudwatch GetMetricData: not authorized' },
  ])
})

test('a store that ignores conditions keeps its pages and its flag', async () => {
  const objects = await site()
  const careless: ObjectStore = {
    ...objects,
    put: (key, body, { contentType, cacheControl }, signal) =>
      objects.put(key, body, { contentType, cacheControl }, signal),
  }
  const rights = await probeRights(
    { ...probeOf(careless), flag: { objects: careless, key: 'flags/not-yet.json' } },
    never,
  )
  expect(await objects.get('flags/not-yet.json', never)).toBeNull()
  expect(rights[0]?.detail).toContain('ignores If-Match')
  expect(text((await objects.get('index.html', never))?.body)).toBe('<h1>')
  expect(text((await objects.get('flags/x.json', never))?.body)).toBe('{}')
})
