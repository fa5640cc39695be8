import { execFile } from 'node:child_process'
import { appendFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { awsServer, s3Fault } from '../support/aws-server.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'

const run = promisify(execFile)

/** A checkout of a release branch, outside the sandbox: everything but the run sheet is as it should be. */
async function checkout(): Promise<LaunchProject & { git(...args: readonly string[]): Promise<unknown> }> {
  const project = await launchProject()
  const git = (...args: readonly string[]) =>
    run('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@demo.example', ...args], { cwd: project.path })
  await writeFile(join(project.path, '.gitignore'), '.launch/\ndist/\n')
  await git('init', '-q', '-b', 'release/2')
  await git('add', '.')
  await git('commit', '-qm', 'two')
  return { ...project, git }
}

const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'for-tests-only' }

describe('a launch that nobody watches', () => {
  let project: Awaited<ReturnType<typeof checkout>>
  let aws: Awaited<ReturnType<typeof awsServer>>
  const auto = async (env: Readonly<Record<string, string>> = {}, ...more: readonly string[]) => {
    const ran = await project.run(['auto', '--yes', '--json', ...more], {
      env: { ...keys, AWS_ENDPOINT_URL: aws.endpoint, LAUNCH_ALLOW_ENDPOINT: '1', ...env },
    })
    return { exitCode: ran.exitCode, error: JSON.parse(ran.stdout).error, asked: aws.requests.length }
  }
  const output = async (...args: readonly string[]) => (await run('git', args, { cwd: project.path })).stdout.trim()
  beforeAll(async () => {
    project = await checkout()
    aws = await awsServer(() => s3Fault(403, 'AccessDenied'))
  })
  afterAll(async () => {
    await aws[Symbol.asyncDispose]()
    await project[Symbol.asyncDispose]()
  })

  test('goes to AWS with the run sheet of its commit', async () => {
    const { error, asked } = await auto()
    expect(error.code).toBe('FORBIDDEN')
    expect(asked).toBeGreaterThan(0)
  })

  test.each([
    ['was changed', []],
    ['was changed and staged', ['add', '.']],
    ['was changed behind the back of the index', ['update-index', '--assume-unchanged', 'runsheet.yaml']],
  ] as const)('is refused before anything is asked when the run sheet %s', async (_what, git) => {
    await appendFile(join(project.path, 'runsheet.yaml'), '\n# bake: 0s\n')
    if (git.length > 0) await project.git(...git)
    const before = aws.requests.length
    const { exitCode, error, asked } = await auto()
    expect({ exitCode, code: error.code }).toEqual({ exitCode: 3, code: 'RUNSHEET_UNCOMMITTED' })
    expect(asked).toBe(before)
    await project.git('update-index', '--no-assume-unchanged', 'runsheet.yaml')
    await project.git('checkout', '-q', 'HEAD', '--', 'runsheet.yaml')
  })

  test('is refused with a run sheet of which git compares what a filter makes of it', async () => {
    const path = join(project.path, 'runsheet.yaml')
    const committed = await readFile(path, 'utf8')
    await writeFile(join(project.path, '.git', 'info', 'attributes'), 'runsheet.yaml filter=board\n')
    await project.git('config', 'filter.board.clean', 'cat >/dev/null; git cat-file blob HEAD:runsheet.yaml')
    await writeFile(path, `${committed}\n# bake: 0s\n`)
    // To git nothing was changed.
    expect(await output('hash-object', 'runsheet.yaml')).toBe(await output('rev-parse', 'HEAD:runsheet.yaml'))
    const { exitCode, error } = await auto()
    expect({ exitCode, code: error.code }).toEqual({ exitCode: 3, code: 'RUNSHEET_UNCOMMITTED' })
    await rm(join(project.path, '.git', 'info', 'attributes'))
    await writeFile(path, committed)
  })

  test('is refused with a run sheet that git was told to take for the one of the commit', async () => {
    const path = join(project.path, 'runsheet.yaml')
    const committed = await readFile(path, 'utf8')
    await writeFile(path, `${committed}\n# other\n`)
    await project.git('add', '.')
    await project.git('replace', 'HEAD^{tree}', await output('write-tree'))
    expect(await output('rev-parse', 'HEAD:runsheet.yaml')).toBe(await output('hash-object', 'runsheet.yaml'))
    expect((await auto()).error.code).toBe('RUNSHEET_UNCOMMITTED')
    await project.git('replace', '-d', 'HEAD^{tree}')
    await project.git('checkout', '-q', 'HEAD', '--', 'runsheet.yaml')
  })

  test('goes with the line ends of Windows, which git writes there', async () => {
    const path = join(project.path, 'runsheet.yaml')
    const committed = await readFile(path, 'utf8')
    await writeFile(path, committed.replaceAll('\n', '\r\n'))
    expect((await auto()).error.code).toBe('FORBIDDEN')
    await writeFile(path, committed)
  })

  test('is refused with a run sheet that was never committed', async () => {
    await run('cp', ['runsheet.yaml', 'mine.yaml'], { cwd: project.path })
    expect((await auto({}, '--runsheet', 'mine.yaml')).error.code).toBe('RUNSHEET_UNCOMMITTED')
  })

  test.each([
    ['AWS_ENDPOINT_URL', 'https://aws.evil.example'],
    ['AWS_ENDPOINT_URL_S3', 'https://s3.us-east-1.amazonaws.com.evil.example'],
    ['AWS_ENDPOINT_URL_STS', 'http://10.0.0.1:4566'],
    ['AWS_ENDPOINT_URL_CLOUDWATCH', 'http://127.0.0.1.evil.example'],
    ['AWS_ENDPOINT_URL_SSO', 'https://sso.evil.example'],
    ['AWS_ENDPOINT_URL_SSO_OIDC', 'https://sso.evil.example'],
    ['AWS_ENDPOINT_URL_SIGNIN', 'https://sso.evil.example'],
    ['AWS_ENDPOINT_URL_SSM', 'https://abcdef1234.execute-api.us-east-1.amazonaws.com'],
    ['AWS_ENDPOINT_URL_S3', 'http://s3.us-east-1.amazonaws.com'],
  ])('does not go to %s=%s, also when other endpoints are allowed', async (name, url) => {
    const { exitCode, error } = await auto({ [name]: url })
    expect({ exitCode, code: error.code }).toEqual({ exitCode: 2, code: 'ENDPOINT_REFUSED' })
  })

  test.each([
    ['all services', 'endpoint_url = http://evil.example:81\n'],
    ['STS', 'services = evil\n\n[services evil]\nsts =\n  endpoint_url = http://evil.example:81\n'],
  ])('nor to the host that a file of the AWS tools has for %s', async (_which, settings) => {
    await mkdir(join(project.path, '.launch'), { recursive: true })
    await writeFile(join(project.path, '.launch', 'aws-config'), `[default]\nregion = us-east-1\n${settings}`)
    const config = join(project.path, '.launch', 'aws-config')
    const { exitCode, error } = await auto({ AWS_ENDPOINT_URL: '', AWS_CONFIG_FILE: config })
    expect({ exitCode, code: error.code }).toEqual({ exitCode: 2, code: 'ENDPOINT_REFUSED' })
    expect(error.message).toContain('a launch that nobody watches does not go to evil.example')
  })

  test('does not go to this machine either unless that was allowed', async () => {
    const before = aws.requests.length
    const { exitCode, error, asked } = await auto({ LAUNCH_ALLOW_ENDPOINT: '' })
    expect({ exitCode, code: error.code }).toEqual({ exitCode: 2, code: 'ENDPOINT_REFUSED' })
    expect(asked).toBe(before)
  })
})
