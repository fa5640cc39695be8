import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { expect, test } from 'vitest'
import { awsServer, queryFault } from '../support/aws-server.ts'
import { launchProject } from '../support/launch-project.ts'
import { tempDir } from '../support/temp-dir.ts'
import { runBin } from '../support/run-bin.ts'

/** Its production is reached with this machine's own identity. */
const withoutRole = (sheet: string) => sheet.replace(/^ *role: arn:.*\n/m, '')
const errorOf = (stdout: string) => JSON.parse(stdout).error

test.each([
  ['by a variable', { AWS_ENDPOINT_URL_STS: 'SERVER' }, ''],
  ['by a file of the AWS tools', {}, '[default]\nservices = here\n[services here]\nsts =\n  endpoint_url = SERVER\n'],
])('the token of a CI job is not sent to an STS that is named %s', async (_how, env, config) => {
  await using server = await awsServer(() => queryFault(403, 'AccessDenied'))
  await using project = await launchProject(withoutRole)
  const here = (text: string) => text.replaceAll('SERVER', server.endpoint)
  await project.write('oidc-token', 'eyJhbGciOiJSUzI1NiJ9.of-the-job.signature')
  await project.write('aws-config', here(config))
  const history = (more: { readonly [name: string]: string } = {}) =>
    project.run(['history', '--json'], {
      env: {
        AWS_ROLE_ARN: 'arn:aws:iam::222222222222:role/release',
        AWS_WEB_IDENTITY_TOKEN_FILE: `${project.path}/oidc-token`,
        AWS_CONFIG_FILE: `${project.path}/aws-config`,
        ...Object.fromEntries(Object.entries(env).map(([name, value]) => [name, here(value)])),
        ...more,
      },
    })

  const ran = await history()

  expect({ exitCode: ran.exitCode, code: errorOf(ran.stdout).code }).toEqual({ exitCode: 2, code: 'ENDPOINT_REFUSED' })
  expect(server.requests).toEqual([])
  // Whoever says that it is meant is believed.
  await history({ LAUNCH_ALLOW_ENDPOINT: '1' })
  expect(server.requests[0]?.body).toContain('of-the-job')
})

test('the token of an SSO session is not sent to another SSO', async () => {
  await using server = await awsServer(() => ({ status: 403 }))
  await using project = await launchProject(withoutRole)
  const cache = createHash('sha1').update('https://board.example').digest('hex')
  const profile =
    'sso_start_url = https://board.example\nsso_region = us-east-1\nsso_account_id = 222222222222\nsso_role_name = release'
  await using home = await tempDir({
    files: {
      '.aws/config': `[profile release]\n${profile}\n`,
      [`.aws/sso/cache/${cache}.json`]: '{ "accessToken": "of-the-session", "expiresAt": "2099-01-01T00:00:00Z" }',
    },
  })
  const ran = await project.run(['history', '--json'], {
    env: { HOME: home.path, AWS_PROFILE: 'release', AWS_ENDPOINT_URL_SSO: server.endpoint },
  })

  expect({ exitCode: ran.exitCode, code: errorOf(ran.stdout).code }).toEqual({ exitCode: 2, code: 'ENDPOINT_REFUSED' })
  expect(server.requests).toEqual([])
})

test.each([
  ['an SSM parameter', '{ kind: ssm, parameter: /flags/board }'],
  ['a document in S3', '{ kind: s3, path: flags/board.json }'],
])('the region of a broken run sheet makes no other host of the one that has the flag as %s', async (_what, store) => {
  let connections = 0
  const server = createServer((socket) => {
    connections += 1
    socket.destroy()
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const region = `x@127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`
  await using dir = await tempDir({
    files: {
      'runsheet.yaml': `flag:\n  key: board\n  store: ${store}\nenvironments:\n  production: { region: "${region}", bucket: board }\n`,
    },
  })
  const env = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'for-tests-only',
    AWS_SESSION_TOKEN: 'of-the-session',
  }
  const ran = await runBin(['rollback', 'emergency', '--json'], { cwd: dir.path, env }).finally(() => server.close())

  expect(ran.exitCode, ran.stderr).toBe(2)
  expect(errorOf(ran.stdout)).toMatchObject({ code: 'USAGE', message: `"${region}" is not an AWS region` })
  expect(connections).toBe(0)
})
