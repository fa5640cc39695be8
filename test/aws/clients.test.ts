import { expect, test } from 'vitest'
import type { AwsAccess } from '../../src/aws/clients.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { callerIdentity, stsClient } from '../../src/aws/sts.ts'
import { awsServer, queryFault } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const refusing = (endpoints: AwsAccess['endpoints']): AwsAccess => ({
  ...emulated(''),
  endpoints,
  allowEndpoint: false,
})

test('an endpoint outside AWS is refused before anything is sent, unless it was allowed', () => {
  expect(() => s3Client(refusing({ all: 'http://127.0.0.1:4566' }))).toThrow(
    expect.objectContaining({ code: 'ENDPOINT_REFUSED', message: 'the configured AWS endpoint 127.0.0.1 is not AWS' }),
  )
  expect(() =>
    s3Client(refusing({ all: 'http://127.0.0.1:4566', s3: 'https://s3.eu-west-1.amazonaws.com' })),
  ).not.toThrow()
  expect(() => s3Client(refusing({ s3: 'not a url' }))).toThrow(expect.objectContaining({ code: 'USAGE' }))
})

test('an endpoint the SDK takes from its own configuration is refused as well', async () => {
  await using server = await awsServer(() => ({ status: 200 }))
  process.env['AWS_ENDPOINT_URL_S3'] = server.endpoint
  try {
    const objects = s3Objects(s3Client(refusing({})), 'site', hurriedRetries)
    await expect(objects.get('k', never)).rejects.toMatchObject({ code: 'ENDPOINT_REFUSED' })
    expect(server.requests).toEqual([])
  } finally {
    delete process.env['AWS_ENDPOINT_URL_S3']
  }
})

test('an allowed endpoint is addressed path-style', async () => {
  await using server = await awsServer(() => ({ status: 200, body: 'x' }))
  await s3Objects(s3Client(emulated(server.endpoint)), 'site', hurriedRetries).get('a/b c.txt', never)
  expect(server.requests[0]?.url).toBe('/site/a/b%20c.txt?x-id=GetObject')
})

test('a role is assumed once, and its credentials sign the calls', async () => {
  const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIAASSUMED0000000AA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>2099-01-01T00:00:00Z</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
  await using server = await awsServer((request) => ({
    status: 200,
    body: request.body.includes('AssumeRole') ? assumed : 'x',
  }))
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'testing' }
  Object.assign(process.env, keys)
  try {
    const access = { ...emulated(server.endpoint), credentials: null, role: 'arn:aws:iam::222222222222:role/launch' }
    const objects = s3Objects(s3Client(access), 'site', hurriedRetries)
    await objects.get('a', never)
    await objects.get('b', never)
    expect(
      server.requests.map(({ url, headers }) => [
        url.split('?')[0],
        /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1],
      ]),
    ).toEqual([
      ['/', 'AKIAIOSFODNN7EXAMPLE'],
      ['/site/a', 'ASIAASSUMED0000000AA'],
      ['/site/b', 'ASIAASSUMED0000000AA'],
    ])
    expect(server.requests[0]?.body).toContain('RoleArn=arn%3Aaws%3Aiam%3A%3A222222222222%3Arole%2Flaunch')
  } finally {
    for (const name of Object.keys(keys)) delete process.env[name]
  }
})

test('credentials nobody accepts and a profile nobody wrote say what to do', async () => {
  await using server = await awsServer(() => queryFault(403, 'InvalidClientTokenId'))
  const rejected = callerIdentity(stsClient(emulated(server.endpoint)), hurriedRetries, never)
  await expect(rejected).rejects.toMatchObject({ code: 'CREDENTIALS' })
  const access = { ...emulated(server.endpoint), credentials: null, profile: 'no-such-profile' }
  await expect(callerIdentity(stsClient(access), hurriedRetries, never)).rejects.toMatchObject({
    code: 'CREDENTIALS',
    hint: expect.stringContaining('profile'),
  })
})
