import { afterAll, beforeAll, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { documentFlagStore } from '../../src/flags/document-store.ts'
import { s3 } from '../../src/flags/s3.ts'
import { systemHttp } from '../../src/host/http.ts'
import { flagStoreContract, type Trouble } from '../contract/flag-store.contract.ts'
import { openWorld, passTime, productionAccount } from '../sandbox/support/sandbox.ts'
import { documentStoreOver } from '../support/document-store-over.ts'
import { emulated } from '../support/moto.ts'

const read = (fields: object) => s3.schema.safeParse({ kind: 's3', path: '/flags/f.json', ...fields })

test('a flag in S3 needs the path users read it at, and is kept by caches for at most five seconds', () => {
  expect(read({}).data).toMatchObject({ path: '/flags/f.json', ttl: 5000 })
  expect(read({ ttl: '1s' }).data).toMatchObject({ ttl: 1000 })
  expect(read({ ttl: '1m' }).error?.issues[0]?.message).toContain('at most 5s')
  for (const path of ['flags/f.json', '/../f', '/a b', '/', 'https://x/f']) expect(read({ path }).success).toBe(false)
})

let world: Awaited<ReturnType<typeof openWorld>>
let flags = 0
beforeAll(async () => {
  world = await openWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

/** Through the CDN of the sandbox, whose time passes before every look of a user. */
flagStoreContract('s3 in the sandbox', async () => {
  const quick = { wait: async () => {}, unit: () => 0 }
  const credentials = { accessKeyId: `SANDBOX${productionAccount}`, secretAccessKey: 'sandbox' }
  const client = s3Client({ ...emulated(world.sandbox.apiUrl), credentials })
  const objects = s3Objects(client, 'sb-prod', quick)
  const objectKey = `flags/board-${(flags += 1)}.json`
  const stranger = s3Client({
    ...emulated(world.sandbox.apiUrl),
    credentials: { ...credentials, accessKeyId: 'SANDBOX999999999999' },
  })
  const nowhere = s3Client(emulated('http://127.0.0.1:1'))
  const open = (over = objects) => {
    const store = documentFlagStore({
      objects: over,
      http: systemHttp(),
      flagKey: 'board',
      objectKey,
      url: `${world.site}/${objectKey}`,
      ttlMs: 5000,
    })
    return {
      ...store,
      observe: async (signal: AbortSignal) => {
        await passTime(world, store.propagationMs)
        return store.observe(signal)
      },
    }
  }
  const { spoil, edit, troubled } = documentStoreOver(objects, objectKey)
  return {
    open: () => open(),
    spoil,
    edit,
    troubled: (kind: Trouble) =>
      kind === 'blind' ? troubled(kind) : open(s3Objects(kind === 'forbidden' ? stranger : nowhere, 'sb-prod', quick)),
  }
})
