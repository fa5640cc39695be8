import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { awsEnvironment } from '../../src/aws/environment.ts'
import { s3Client } from '../../src/aws/s3.ts'
import { epochMs } from '../../src/core/brand.ts'
import { emulated, startMoto, type Moto } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

let moto: Moto | null = null
beforeAll(async () => {
  moto = await startMoto()
})
afterAll(() => moto?.[Symbol.asyncDispose]())

const now = epochMs(Date.UTC(2026, 11, 1, 18, 0, 0))

test('preflight sees account, caller and rights of an environment', async (context) => {
  if (moto === null) return context.skip('not available here')
  await s3Client(moto.access).send(new CreateBucketCommand({ Bucket: 'sb-prod' }))
  const aws = awsEnvironment(moto.access, hurriedRetries)
  const options = { contentType: 'text/html', cacheControl: 'no-cache' }
  const objects = await aws.objects('sb-prod')
  await objects.put('index.html', new TextEncoder().encode('<h1>'), options, never)
  const probe = {
    bucket: 'sb-prod',
    siteKey: 'index.html',
    distribution: 'EMISSING',
    flag: { bucket: 'sb-prod', key: 'flags/x.json' },
    now,
  }
  const found = await aws.identity(probe, never)
  // moto's fixed account.
  expect(found).toMatchObject({
    status: 'seen',
    value: { account: '123456789012', arn: expect.stringContaining('arn:aws:') },
  })
  if (found.status !== 'seen') return
  expect(found.value.rights.map(({ right, allowed }) => [right, allowed])).toEqual([
    ['deploy', true],
    ['rollback', true],
    ['list', true],
    ['distribution', false],
    ['read-metrics', true],
  ])
  expect(found.value.rights[3]?.detail).toBe('cloudfront GetDistribution on EMISSING: it does not exist')
  expect((await objects.list('', never)).map(({ key }) => key)).toEqual(['index.html'])
})

test('an environment nobody answers for is missing evidence, not an exception', async () => {
  const aws = awsEnvironment(emulated('http://127.0.0.1:9'), hurriedRetries)
  const found = await aws.identity({ bucket: 'b', siteKey: 'index.html', distribution: null, flag: null, now }, never)
  expect(found).toEqual({ status: 'missing', why: 'sts GetCallerIdentity on the caller: ECONNREFUSED' })
})
