import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import type { ObjectStore } from '../../src/core/ports.ts'
import { s3Store } from '../../src/journal/s3-store.ts'
import { flagStoreContract } from '../contract/flag-store.contract.ts'
import { objectStoreContract } from '../contract/object-store.contract.ts'
import { stateStoreContract } from '../contract/state-store.contract.ts'
import { awsServer } from '../support/aws-server.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { documentStoreOver } from '../support/document-store-over.ts'
import { emulated, startMoto, type Moto } from '../support/moto.ts'
import { never, realWait } from '../support/real-time.ts'

const ports = { wait: realWait, unit: () => 0.5 }
let moto: Moto | null = null
let buckets = 0

async function motoBucket(): Promise<ObjectStore | null> {
  if (moto === null) return null
  const client = s3Client(moto.access)
  const bucket = `bucket-${(buckets += 1)}`
  await client.send(new CreateBucketCommand({ Bucket: bucket }))
  return s3Objects(client, bucket, ports)
}

beforeAll(async () => {
  moto = await startMoto()
})
afterAll(() => moto?.[Symbol.asyncDispose]())

objectStoreContract('memory', async () => memoryObjectStore())
objectStoreContract('s3 on moto', motoBucket, { checksum: 'wrong ChecksumSHA256 is accepted' })
stateStoreContract('s3 on moto', async () => {
  const objects = await motoBucket()
  return objects === null ? null : { open: () => s3Store(objects, 'launches/sb', realWait) }
})
flagStoreContract('s3 on moto', async () => {
  const objects = await motoBucket()
  return objects === null ? null : documentStoreOver(objects)
})

describe('s3 on moto', () => {
  test('names a bucket that does not exist', async (context) => {
    if (moto === null) return context.skip('not available here')
    const objects = s3Objects(s3Client(moto.access), 'no-such-bucket', ports)
    await expect(objects.get('x', never)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 's3 GetObject on s3://no-such-bucket/x: it does not exist',
    })
  })
})

test('reads every page of a long list', async () => {
  const page = (keys: readonly string[], next: string | null) =>
    `<ListBucketResult><IsTruncated>${next !== null}</IsTruncated>${next === null ? '' : `<NextContinuationToken>${next}</NextContinuationToken>`}${keys
      .map((key) => `<Contents><Key>${key}</Key><Size>3</Size><ETag>"e"</ETag></Contents>`)
      .join('')}</ListBucketResult>`
  await using server = await awsServer(({ url }) => ({
    status: 200,
    body: url.includes('continuation-token=p2') ? page(['c'], null) : page(['a', 'b'], 'p2'),
  }))
  const objects = s3Objects(s3Client(emulated(server.endpoint)), 'site', ports)
  expect((await objects.list('', never)).map(({ key }) => key)).toEqual(['a', 'b', 'c'])
})

test('removes a thousand keys at a time, and says which one AWS kept', async () => {
  const kept =
    '<DeleteResult><Error><Key>k1000</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>'
  await using server = await awsServer((_request, n) => ({ status: 200, body: n === 1 ? '<DeleteResult/>' : kept }))
  const objects = s3Objects(s3Client(emulated(server.endpoint)), 'site', ports)
  const keys = Array.from({ length: 1001 }, (_, n) => `k${n}`)
  await expect(objects.remove(keys, never)).rejects.toMatchObject({
    code: 'FORBIDDEN',
    message: 's3 DeleteObjects kept 1 of 1 keys, first k1000: AccessDenied',
  })
  expect(server.requests.map(({ body }) => body.split('<Key>').length - 1)).toEqual([1000, 1])
})
