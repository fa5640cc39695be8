import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { placeOf } from '../../src/aws/signed-request.ts'
import { authorization, encodedKey } from '../../src/aws/sign.ts'

const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }

test('signs the PUT of the S3 documentation as the documentation does', () => {
  // https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, example “PUT Object”
  const bodySha256 = createHash('sha256').update('Welcome to Amazon S3.').digest('hex')
  const headers = {
    date: 'Fri, 24 May 2013 00:00:00 GMT',
    host: 'examplebucket.s3.amazonaws.com',
    'x-amz-content-sha256': bodySha256,
    'x-amz-date': '20130524T000000Z',
    'x-amz-storage-class': 'REDUCED_REDUNDANCY',
  }
  const path = `/${encodedKey('test$file.text')}`
  expect(authorization({ method: 'PUT', path, headers, bodySha256 }, 'us-east-1', keys)).toBe(
    'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class, Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd',
  )
})

const inAws = { profile: null, role: null, endpoints: {}, allowEndpoint: false, credentials: null }

type Sent = { readonly method: string; readonly path: string; readonly headers: { readonly [name: string]: string } }

/** A PUT as the SDK would send it. */
async function asTheSdkDoes(key: string, body: string, more: object): Promise<Sent> {
  let sent: Sent | null = null
  const client = new S3Client({
    region: 'eu-central-1',
    credentials: { ...keys, sessionToken: 'a/session+token==' },
    requestHandler: {
      handle: (request: Sent) => {
        sent = request
        return Promise.reject(new Error('nothing is sent'))
      },
    },
    maxAttempts: 1,
  })
  await client
    .send(new PutObjectCommand({ Bucket: 'board-prod', Key: key, Body: body, ...more }))
    .catch((error: Error) => error.message === 'nothing is sent' || Promise.reject(error))
  if (sent === null) throw new Error('the SDK signed nothing')
  return sent
}

const key = fc
  .array(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 })
  .map((parts) => parts.join('/'))
  // The SDK's own URL parser takes these apart before it signs.
  .filter((text) => !text.split('/').some((part) => part === '.' || part === '..' || part === ''))

test('signs and addresses any PUT as the SDK does', async () => {
  await fc.assert(
    fc.asyncProperty(
      key,
      fc.string({ minLength: 1, maxLength: 200 }),
      fc.string({ maxLength: 20 }),
      async (name, body, type) => {
        const ContentType = type.replaceAll(/[^\x20-\x7e]/g, '').trim() || 'text/plain'
        const { method, path, headers } = await asTheSdkDoes(name, body, { ContentType, CacheControl: 'max-age=5' })
        const signedNames = /SignedHeaders=([^,]*)/.exec(headers['authorization'] ?? '')?.[1]?.split(';') ?? []
        expect(signedNames.length).toBeGreaterThan(5)
        expect(headers['host']).toBe('board-prod.s3.eu-central-1.amazonaws.com')
        const access = { ...inAws, region: 'eu-central-1' }
        expect(placeOf('board-prod', name, access)).toEqual({ origin: new URL(`https://${headers['host']}`), path })
        const own = Object.fromEntries(signedNames.map((one) => [one, headers[one] ?? '']))
        const call = { method, path, headers: own, bodySha256: headers['x-amz-content-sha256'] ?? '' }
        const signed = authorization({ ...call, query: 'x-id=PutObject' }, 'eu-central-1', keys)
        expect(signed).toBe(headers['authorization'])
      },
    ),
    { numRuns: 60, seed: 20_261_201 },
  )
})
