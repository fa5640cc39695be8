import { expect, test } from 'vitest'
import { fastAccess } from '../../src/compose/fast-access.ts'
import { tempDir } from '../support/temp-dir.ts'

const target = { region: 'us-east-1', profile: null, role: null, account: null }
const given = { endpoints: {}, allowEndpoint: false, credentials: null }
const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret' }

test('keys of the environment are used at once, with their session', async () => {
  await using home = await tempDir()
  const env = { HOME: home.path, ...keys, AWS_SESSION_TOKEN: 'token' }
  expect(await fastAccess(target, given, env)).toMatchObject({
    region: 'us-east-1',
    credentials: { accessKeyId: keys.AWS_ACCESS_KEY_ID, secretAccessKey: 'secret', sessionToken: 'token' },
  })
  expect((await fastAccess(target, given, { HOME: home.path, ...keys }))?.credentials).not.toHaveProperty(
    'sessionToken',
  )
})

test('the sandbox’s keys are used whatever the environment says', async () => {
  const credentials = { accessKeyId: 'SANDBOX', secretAccessKey: 'sandbox' }
  const sandbox = { ...given, allowEndpoint: true, credentials }
  expect(await fastAccess({ ...target, profile: 'prod' }, sandbox, keys)).toMatchObject({ credentials, profile: null })
})

test.each<[string, Partial<typeof target>, { readonly [name: string]: string }]>([
  ['a profile', { ...target, profile: null }, { AWS_PROFILE: 'prod' }],
  ['another config file', {}, { AWS_CONFIG_FILE: '/etc/aws' }],
  ['FIPS endpoints', {}, { AWS_USE_FIPS_ENDPOINT: 'true' }],
  ['no secret', {}, { AWS_SECRET_ACCESS_KEY: '' }],
  ['no home to look for settings in', {}, { HOME: '' }],
])('%s is for the SDK to work out', async (_name, change, env) => {
  await using home = await tempDir()
  expect(await fastAccess({ ...target, ...change }, given, { HOME: home.path, ...keys, ...env })).toBeNull()
})

test('so are a profile or a role of the run sheet', async () => {
  await using home = await tempDir()
  const env = { HOME: home.path, ...keys }
  expect(await fastAccess({ ...target, profile: 'prod' }, given, env)).toBeNull()
  expect(await fastAccess({ ...target, role: 'arn:aws:iam::1:role/x' }, given, env)).toBeNull()
})

test.each(['endpoint_url = https://s3.example', 'use_fips_endpoint = true', 'services = mine'])(
  'and so is a config file that says %s',
  async (line) => {
    await using home = await tempDir({ files: { '.aws/config': `[default]\nregion = us-east-1\n${line}\n` } })
    const env = { HOME: home.path, ...keys }
    expect(await fastAccess(target, given, env)).toBeNull()
    // An endpoint of the environment goes over that of the file.
    const named = { ...given, endpoints: { all: 'http://127.0.0.1:4566' }, allowEndpoint: true }
    expect(await fastAccess(target, named, env)).not.toBeNull()
  },
)
