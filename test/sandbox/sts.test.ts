import { S3Client, PutObjectCommand } from '@aws-sdk/client-s3'
import {
  AssumeRoleCommand,
  AssumeRoleWithWebIdentityCommand,
  GetCallerIdentityCommand,
  GetFederationTokenCommand,
  GetSessionTokenCommand,
  STSClient,
} from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { errorOf, openWorld, productionAccount, stagingAccount, stsClient, type OpenWorld } from './support/sandbox.ts'

type Keys = {
  readonly AccessKeyId?: string | undefined
  readonly SecretAccessKey?: string | undefined
  readonly SessionToken?: string | undefined
}

function withKeys(world: OpenWorld, keys: Keys | undefined) {
  const credentials = {
    accessKeyId: keys?.AccessKeyId ?? '',
    secretAccessKey: keys?.SecretAccessKey ?? '',
    sessionToken: keys?.SessionToken ?? '',
  }
  return { endpoint: world.sandbox.apiUrl, region: 'us-east-1', credentials, maxAttempts: 1 }
}

test('an access key id says its account; an unknown one is of the production account', async () => {
  await using world = await openWorld()
  const who = async (client: STSClient) => (await client.send(new GetCallerIdentityCommand({}))).Account
  expect(await who(stsClient(world, stagingAccount))).toBe(stagingAccount)
  expect(await who(stsClient(world, '333333333333'))).toBe('333333333333')
  const other = new STSClient(withKeys(world, { AccessKeyId: 'AKIAIOSFODNN7EXAMPLE', SecretAccessKey: 's' }))
  expect(await who(other)).toBe(productionAccount)
})

test('an assumed role acts in its own account and is named in the identity', async () => {
  await using world = await openWorld()
  const RoleArn = `arn:aws:iam::${productionAccount}:role/deploy/launch`
  const { Credentials } = await stsClient(world, stagingAccount).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: 'captain' }),
  )
  const identity = await new STSClient(withKeys(world, Credentials)).send(new GetCallerIdentityCommand({}))
  expect(identity).toMatchObject({
    Account: productionAccount,
    Arn: `arn:aws:sts::${productionAccount}:assumed-role/launch/captain`,
  })
  const s3 = new S3Client({ ...withKeys(world, Credentials), forcePathStyle: true })
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket: 'sb-prod', Key: 'k', Body: 'x' })))).toBe('no error')
  expect(await errorOf(s3.send(new PutObjectCommand({ Bucket: 'sb-staging', Key: 'k', Body: 'x' })))).toBe(
    'AccessDenied 403',
  )
})

test('a CI token becomes keys, a session token stays in its account, nonsense is refused', async () => {
  await using world = await openWorld()
  const sts = stsClient(world)
  const RoleArn = `arn:aws:iam::${stagingAccount}:role/ci`
  const web = await sts.send(
    new AssumeRoleWithWebIdentityCommand({ RoleArn, RoleSessionName: 'run-1', WebIdentityToken: 'jwt' }),
  )
  expect(web.Credentials?.AccessKeyId).toContain(stagingAccount)
  const session = await sts.send(new GetSessionTokenCommand({}))
  expect(session.Credentials?.AccessKeyId).toContain(productionAccount)
  expect(await errorOf(sts.send(new AssumeRoleCommand({ RoleArn: 'role', RoleSessionName: 'x1' })))).toBe(
    'ValidationError 400',
  )
  expect(await errorOf(sts.send(new GetFederationTokenCommand({ Name: 'x1' })))).toBe('InvalidAction 400')
})
