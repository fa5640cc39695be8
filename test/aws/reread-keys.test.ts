import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { AwsAccess } from '../../src/aws/clients.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { awsServer, type AwsRequest } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'
import { tempDir } from '../support/temp-dir.ts'

const keys = (id: string) => `[ci]\naws_access_key_id = ${id}\naws_secret_access_key = testing\n`
const signer = ({ headers }: AwsRequest) => /Credential=(\w+)/.exec(headers.authorization ?? '')?.[1]

/** A machine whose keys are in a file, as `aws configure` and company logins leave them; no other credentials. */
async function machine(first: string) {
  const dir = await tempDir({ files: { credentials: first, config: '' } })
  const files = { credentials: join(dir.path, 'credentials'), config: join(dir.path, 'config') }
  const env = { AWS_SHARED_CREDENTIALS_FILE: files.credentials, AWS_CONFIG_FILE: files.config }
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
  Object.assign(process.env, env)
  return {
    access: (endpoint: string, more: Partial<AwsAccess> = {}): AwsAccess => ({
      ...emulated(endpoint),
      credentials: null,
      profile: 'ci',
      keyFiles: Object.values(files),
      ...more,
    }),
    write: (text: string) => writeFile(files.credentials, text),
    [Symbol.asyncDispose]: async () => {
      for (const [name, value] of before)
        if (value === undefined) delete process.env[name]
        else process.env[name] = value
      await dir[Symbol.asyncDispose]()
    },
  }
}

test.each([
  ['of a profile', {}],
  ['of the default chain', { profile: null }],
] as const)(
  'keys %s that are rewritten in their file sign the next request of the same client',
  async (_what, more) => {
    await using aws = await awsServer(() => ({ status: 200, body: 'x' }))
    const text = (id: string) => ('profile' in more ? keys(id).replace('[ci]', '[default]') : keys(id))
    await using home = await machine(text('AKIAOLDOLDOLDOLDOLDA'))
    const objects = s3Objects(s3Client(home.access(aws.endpoint, more)), 'site', hurriedRetries)
    await objects.get('a', never)
    await objects.get('b', never)
    await home.write(text('AKIANEWNEWNEWNEWNEWA'))
    await objects.get('c', never)
    expect(aws.requests.map(signer)).toEqual(['AKIAOLDOLDOLDOLDOLDA', 'AKIAOLDOLDOLDOLDOLDA', 'AKIANEWNEWNEWNEWNEWA'])
  },
)

test('a file that is half written does not take away the keys there were', async () => {
  await using aws = await awsServer(() => ({ status: 200, body: 'x' }))
  await using home = await machine(keys('AKIAOLDOLDOLDOLDOLDA'))
  const objects = s3Objects(s3Client(home.access(aws.endpoint)), 'site', hurriedRetries)
  await objects.get('a', never)
  await home.write('[ci]\naws_access_key_id = AKIANE')
  await objects.get('b', never)
  await home.write(keys('AKIANEWNEWNEWNEWNEWA'))
  await objects.get('c', never)
  expect(aws.requests.map(signer)).toEqual(['AKIAOLDOLDOLDOLDOLDA', 'AKIAOLDOLDOLDOLDOLDA', 'AKIANEWNEWNEWNEWNEWA'])
})

test('a program that gives keys is not run for every request, only when its configuration was written anew', async () => {
  await using aws = await awsServer(() => ({ status: 200, body: 'x' }))
  await using home = await machine('')
  await using log = await tempDir({ files: { runs: '' } })
  const runs = join(log.path, 'runs')
  const given = '{"Version":1,"AccessKeyId":"AKIAPROGRAMAAAAAAAAA","SecretAccessKey":"s"}'
  await home.write(`[ci]\ncredential_process = sh -c "echo run >> ${runs}; echo '${given.replaceAll('"', '\\"')}'"\n`)
  const objects = s3Objects(s3Client(home.access(aws.endpoint)), 'site', hurriedRetries)
  for (const key of ['a', 'b', 'c']) await objects.get(key, never)
  expect(aws.requests.map(signer)).toEqual(Array.from({ length: 3 }, () => 'AKIAPROGRAMAAAAAAAAA'))
  const { readFile } = await import('node:fs/promises')
  expect(await readFile(runs, 'utf8')).toBe('run\n')
})

test('the keys behind a role are read again when the role is assumed again', async () => {
  const soon = new Date(Date.now() + 60_000).toISOString()
  const assumed = `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials>
    <AccessKeyId>ASIAASSUMED0000000AA</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
    <Expiration>${soon}</Expiration></Credentials></AssumeRoleResult></AssumeRoleResponse>`
  await using aws = await awsServer(({ body }) => ({ status: 200, body: body.includes('AssumeRole') ? assumed : 'x' }))
  await using home = await machine(keys('AKIAOLDOLDOLDOLDOLDA'))
  const role = 'arn:aws:iam::222222222222:role/launch'
  const objects = s3Objects(s3Client(home.access(aws.endpoint, { role })), 'site', hurriedRetries)
  await objects.get('a', never)
  await home.write(keys('AKIANEWNEWNEWNEWNEWA'))
  await objects.get('b', never)
  const assumes = aws.requests.filter(({ body }) => body.includes('AssumeRole')).map(signer)
  expect(assumes[0]).toBe('AKIAOLDOLDOLDOLDOLDA')
  expect(assumes.at(-1)).toBe('AKIANEWNEWNEWNEWNEWA')
})
