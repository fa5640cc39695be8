import { expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { awsServer } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

/** As GetPublicAccessBlock and GetBucketOwnershipControls answer (API reference, 2006-03-01). */
const namespace = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
const block = (settings: { readonly [name: string]: boolean }) =>
  `<PublicAccessBlockConfiguration ${namespace}>${Object.entries(settings)
    .map(([name, on]) => `<${name}>${on}</${name}>`)
    .join('')}</PublicAccessBlockConfiguration>`
const owned = (by: string) =>
  `<OwnershipControls ${namespace}><Rule><ObjectOwnership>${by}</ObjectOwnership></Rule></OwnershipControls>`
const error = (code: string) => `<Error><Code>${code}</Code><Message>no</Message></Error>`
const closed = { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }

async function openingsOf(access: readonly [number, string], ownership: readonly [number, string]) {
  await using server = await awsServer(({ url }) => {
    const [status, body] = url.includes('publicAccessBlock') ? access : ownership
    return { status, body }
  })
  return await s3Objects(s3Client(emulated(server.endpoint)), 'site', hurriedRetries).openings?.(never)
}

test('a bucket as new ones are has nothing to be said of it', async () => {
  expect(await openingsOf([200, block(closed)], [200, owned('BucketOwnerEnforced')])).toEqual([])
})

test('every setting that is off is named, and an owner that is not enforced', async () => {
  const half = { ...closed, BlockPublicPolicy: false, RestrictPublicBuckets: false }
  expect(await openingsOf([200, block(half)], [200, owned('ObjectWriter')])).toEqual([
    'does not block public access (BlockPublicPolicy, RestrictPublicBuckets off)',
    'lets an ACL give its objects to others (ownership is not BucketOwnerEnforced)',
  ])
})

test('a bucket of before these settings has none of them', async () => {
  const never = [404, error('NoSuchPublicAccessBlockConfiguration')] as const
  expect(await openingsOf(never, [404, error('OwnershipControlsNotFoundError')])).toEqual([
    'does not block public access (BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets off)',
    'lets an ACL give its objects to others (ownership is not BucketOwnerEnforced)',
  ])
})

test('settings that may not be read are no settings that are right', async () => {
  const denied = [403, error('AccessDenied')] as const
  await expect(openingsOf(denied, [200, owned('BucketOwnerEnforced')])).rejects.toMatchObject({ code: 'FORBIDDEN' })
})
