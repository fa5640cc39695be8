import { createHash, generateKeyPairSync } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { expect, test } from 'vitest'
import type { AwsAccess } from '../../src/aws/clients.ts'
import { environmentCredentials } from '../../src/aws/credentials.ts'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { awsServer, queryFault } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'
import { tempDir } from '../support/temp-dir.ts'

const role = 'arn:aws:iam::222222222222:role/launch'
const sso = 'sso_account_id = 222222222222\nsso_role_name = launch'
const cached = (name: string) => `.aws/sso/cache/${createHash('sha1').update(name).digest('hex')}.json`
const minutes = (n: number) => new Date(Date.now() + n * 60_000).toISOString()

/** What a machine has of an identity in AWS: files below its home, and variables. */
type Identity = {
  readonly files: { readonly [path: string]: string }
  readonly env?: { readonly [name: string]: string }
}

const job = 'the token of a CI job'
const login = 'arn:aws:iam::222222222222:user/kim'

/** Every kind that the SDK takes to a service of AWS by itself. `name` is used once: the SDK remembers sessions by it. */
const kinds: { readonly [kind: string]: (name: string, ssoRegion: string) => Identity } = {
  [job]: () => ({
    files: { token: 'of-the-job' },
    env: { AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: 'HOME/token' },
  }),
  'a profile with a token': () => ({
    files: {
      token: 'of-the-profile',
      '.aws/config': `[default]\nrole_arn = ${role}\nweb_identity_token_file = HOME/token\n`,
    },
  }),
  'a role of another profile': () => ({
    files: {
      '.aws/config': `[default]\nrole_arn = ${role}\nsource_profile = base\n`,
      '.aws/credentials': '[base]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = testing\n',
    },
  }),
  'SSO without a session': (name, ssoRegion) => ({
    files: {
      '.aws/config': `[default]\n${sso}\nsso_region = ${ssoRegion}\nsso_start_url = https://${name}.example\n`,
      [cached(`https://${name}.example`)]: JSON.stringify({ accessToken: 'sso-token', expiresAt: minutes(60) }),
    },
  }),
  'a session of SSO': (name) => ({
    files: {
      '.aws/config': `[default]\n${sso}\nsso_session = ${name}\n${session(name)}`,
      [cached(name)]: JSON.stringify({ accessToken: 'sso-token', expiresAt: minutes(60) }),
    },
  }),
  'a session of SSO that is to be renewed': (name) => ({
    files: {
      '.aws/config': `[default]\n${sso}\nsso_session = ${name}\n${session(name)}`,
      [cached(name)]: JSON.stringify({
        accessToken: 'sso-token',
        expiresAt: minutes(2),
        clientId: 'c',
        clientSecret: 's',
        refreshToken: 'r',
      }),
    },
  }),
  'aws login': () => ({
    files: {
      '.aws/config': `[default]\nlogin_session = ${login}\n`,
      [`login/${createHash('sha256').update(login).digest('hex')}.json`]: JSON.stringify({
        accessToken: {
          accessKeyId: 'ASIAOLD',
          secretAccessKey: 's',
          sessionToken: 't',
          accountId: '222222222222',
          expiresAt: minutes(-1),
        },
        clientId: 'c',
        refreshToken: 'r',
        dpopKey: generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
      }),
    },
  }),
}

function session(name: string): string {
  return `[sso-session ${name}]\nsso_region = eu-west-1\nsso_start_url = https://${name}.example\n`
}

let names = 0

/** A home with that identity and nothing else; the SDK reads the process's own variables. */
async function home(
  kind: string,
  env: { readonly [name: string]: string },
  ssoRegion = 'eu-west-1',
  config = (text: string) => text,
) {
  const { files, env: own = {} } = kinds[kind]?.(`board-${(names += 1)}`, ssoRegion) ?? { files: {} }
  const dir = await tempDir()
  const here = (text: string) => text.replaceAll('HOME/', `${dir.path}/`)
  const all = { ...files, '.aws/config': config(files['.aws/config'] ?? '') }
  for (const [path, text] of Object.entries(all)) {
    await mkdir(dirname(dir.file(path)), { recursive: true })
    await writeFile(dir.file(path), here(text))
  }
  const ofOthers = Object.keys(process.env).filter((name) => name.startsWith('AWS_'))
  const variables: { readonly [name: string]: string | undefined } = {
    ...Object.fromEntries(ofOthers.map((name) => [name, undefined])),
    ...Object.fromEntries(Object.entries(own).map(([name, value]) => [name, here(value)])),
    ...env,
    HOME: dir.path,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_LOGIN_CACHE_DIRECTORY: dir.file('login'),
  }
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const)
  const put = ([name, value]: readonly [string, string | undefined]) => {
    if (value === undefined) delete process.env[name]
    else process.env[name] = value
  }
  Object.entries(variables).forEach(put)
  return {
    [Symbol.asyncDispose]: async () => {
      before.forEach(put)
      await dir[Symbol.asyncDispose]()
    },
  }
}

const access = (more: Partial<AwsAccess> = {}): AwsAccess => ({
  ...emulated(''),
  credentials: null,
  // S3 itself is where it should be: what is refused is what comes before.
  endpoints: { s3: 'https://s3.us-east-1.amazonaws.com' },
  allowEndpoint: false,
  ...more,
})

const refused = {
  code: 'ENDPOINT_REFUSED',
  message: 'the configured AWS endpoint 127.0.0.1 is not AWS',
}

const named = Object.keys(kinds).flatMap((kind) => [
  [kind, 'the default chain', null] as const,
  ...(kind === job ? [] : [[kind, 'its profile', 'default'] as const]),
])

test.each(named)('%s is sent to no endpoint outside AWS by %s', async (kind, _how, profile) => {
  await using server = await awsServer(() => queryFault(403, 'AccessDenied'))
  const asked = async (more: Partial<AwsAccess>) => {
    await using _home = await home(kind, { AWS_ENDPOINT_URL: server.endpoint })
    return await environmentCredentials(access({ profile, ...more }))()
  }
  await expect(asked({})).rejects.toMatchObject(refused)
  // Nor is a role of the run sheet assumed with it.
  await expect(asked({ role })).rejects.toMatchObject(refused)
  expect(server.requests).toEqual([])
  await asked({ allowEndpoint: 'this-machine' }).catch(() => {})
  expect(server.requests.length).toBeGreaterThan(0)
})

test.each([
  ['sts', job],
  ['sso', 'a session of SSO'],
  ['sso_oidc', 'a session of SSO that is to be renewed'],
  ['signin', 'aws login'],
])('nor to one that a file of the AWS tools has for %s', async (service, kind) => {
  await using server = await awsServer(() => queryFault(403, 'AccessDenied'))
  const services = `[services here]\n${service} =\n  endpoint_url = ${server.endpoint}\n`
  const asked = async (allowEndpoint: AwsAccess['allowEndpoint']) => {
    await using _home = await home(kind, {}, 'eu-west-1', (config) =>
      `${services}${config || '[default]\n'}`.replace('[default]', '[default]\nservices = here'),
    )
    return await environmentCredentials(access({ allowEndpoint }))()
  }
  await expect(asked(false)).rejects.toMatchObject(refused)
  expect(server.requests).toEqual([])
  await asked('this-machine').catch(() => {})
  expect(server.requests.length).toBeGreaterThan(0)
})

test('a client that is given no keys and no files resolves them no less guarded', async () => {
  await using server = await awsServer(() => queryFault(403, 'AccessDenied'))
  await using _home = await home(job, { AWS_ENDPOINT_URL_STS: server.endpoint })
  const objects = s3Objects(s3Client(access()), 'site', hurriedRetries)
  await expect(objects.get('k', never)).rejects.toMatchObject(refused)
  expect(server.requests).toEqual([])
})

test('SSO is asked in its own region, not in that of the environment', async () => {
  await using _home = await home('SSO without a session', {}, 'elsewhere')
  // No region of AWS, so the refusal says where it would have gone.
  await expect(environmentCredentials(access())()).rejects.toMatchObject({
    message: 'the configured AWS endpoint portal.sso.elsewhere.amazonaws.com is not AWS',
  })
})
