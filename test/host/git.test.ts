import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { gitFacts, gitUser, isCommitted } from '../../src/host/git.ts'
import { ciRun, whoRuns } from '../../src/host/user.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const never = new AbortController().signal
const env = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Release Captain',
  GIT_AUTHOR_EMAIL: 'captain@sb.example',
  GIT_COMMITTER_NAME: 'Release Captain',
  GIT_COMMITTER_EMAIL: 'captain@sb.example',
}

test('a checkout tells its commit, branch, tags and that it is clean', async () => {
  await using dir = await checkout()
  await git(dir, 'tag', 'v1.0.0')
  await git(dir, 'tag', '-a', 'frozen', '-m', 'frozen')

  const facts = await gitFacts(dir.path, env, never)

  const commit = (await git(dir, 'log', '-1', '--format=%H')).trim()
  expect(facts).toEqual({ commit, branch: 'release/6', tags: ['frozen', 'v1.0.0'], clean: true, played: false })
})

test('a changed, a staged and an untracked file each make it unclean; our state folder does not', async () => {
  await using dir = await checkout()
  const clean = async () => (await gitFacts(dir.path, env, never))?.clean

  await mkdir(dir.file('.launch'))
  await writeFile(dir.file('.launch', 'state.json'), '{}')
  expect(await clean()).toBe(true)
  await writeFile(dir.file('new.txt'), '')
  expect(await clean()).toBe(false)
  await git(dir, 'add', 'new.txt')
  expect(await clean()).toBe(false)
  await git(dir, 'commit', '-qm', 'new')
  expect(await clean()).toBe(true)
  await writeFile(dir.file('app.txt'), 'changed')
  expect(await clean()).toBe(false)
})

test('a change elsewhere in the repository counts when the run sheet lives in a folder of it', async () => {
  await using dir = await checkout()
  await mkdir(dir.file('frontend'))
  await writeFile(dir.file('app.txt'), 'changed')

  expect(await gitFacts(dir.file('frontend'), env, never)).toMatchObject({ clean: false })
})

test('a detached head has no branch, unless CI says which one it checked out', async () => {
  await using dir = await checkout()
  await git(dir, 'checkout', '-q', '--detach')
  const commit = (await git(dir, 'rev-parse', 'HEAD')).trim()
  const github = { ...env, GITHUB_REF_TYPE: 'branch', GITHUB_REF_NAME: 'release/6' }
  const branch = async (more: Record<string, string | undefined>) => (await gitFacts(dir.path, more, never))?.branch

  expect(await branch(env)).toBeNull()
  expect(await branch({ ...github, GITHUB_SHA: commit })).toBe('release/6')
  expect(await branch({ ...github, GITHUB_SHA: '0'.repeat(40) })).toBeNull()
  expect(await branch({ ...env, CI_COMMIT_SHA: commit, CI_COMMIT_BRANCH: 'main' })).toBe('main')
})

test('without a checkout, a commit or git itself there are no facts', async () => {
  await using dir = await tempDir()

  expect(await gitFacts(dir.path, env, never)).toBeNull()
  await git(dir, 'init', '-q')
  expect(await gitFacts(dir.path, env, never)).toBeNull()
  expect(await gitFacts(dir.path, { PATH: dir.path }, never)).toBeNull()
})

test('facts are about this folder, also when a hook of another repository runs launch', async () => {
  await using dir = await checkout()
  await using other = await checkout()

  const facts = await gitFacts(dir.path, { ...env, GIT_DIR: other.file('.git') }, never)

  expect(facts?.commit).toBe((await git(dir, 'rev-parse', 'HEAD')).trim())
})

test('a file is the committed one when it has its bytes, by the line ends of Unix or of Windows', async () => {
  await using dir = await checkout()
  const isThere = (path: string) => isCommitted(path, dir.path, env, never)
  await writeFile(dir.file('sheet.yaml'), 'a: 1\nb: 2\n')
  expect(await isThere('sheet.yaml')).toBe(false)
  await git(dir, 'add', '.')
  await git(dir, 'commit', '-qm', 'sheet')

  expect(await isThere('sheet.yaml')).toBe(true)
  for (const [text, same] of [
    ['a: 1\r\nb: 2\r\n', true],
    ['a: 1\r\nb: 2\n', true],
    ['a: 1\rb: 2\r', false],
    ['a: 1\nb: 2', false],
    ['\ufeffa: 1\nb: 2\n', false],
    ['a: 1\nb: 3\n', false],
  ] as const) {
    await writeFile(dir.file('sheet.yaml'), text)
    expect([text, await isThere('sheet.yaml')]).toEqual([text, same])
  }
  await git(dir, 'rm', '-q', '--force', 'sheet.yaml')
  expect(await isThere('sheet.yaml')).toBe(false)
})

test('a file that git reads in another encoding is not the committed one, though git says so', async () => {
  await using dir = await checkout()
  await writeFile(dir.file('sheet.yaml'), 'a: 1\nb: 2\n')
  await git(dir, 'add', '.')
  await git(dir, 'commit', '-qm', 'sheet')
  await writeFile(dir.file('.git', 'info', 'attributes'), 'sheet.yaml working-tree-encoding=UTF-7\n')
  await writeFile(dir.file('sheet.yaml'), 'a: 1+AAo-b: 2\n')

  expect(await git(dir, 'hash-object', 'sheet.yaml')).toBe(await git(dir, 'rev-parse', 'HEAD:sheet.yaml'))
  expect(await isCommitted('sheet.yaml', dir.path, env, never)).toBe(false)
})

test('a repository that names its objects by SHA-256 tells its files apart as well', async () => {
  await using dir = await checkout('--object-format=sha256')

  expect(await isCommitted('app.txt', dir.path, env, never)).toBe(true)
  await writeFile(dir.file('app.txt'), 'v2')
  expect(await isCommitted('app.txt', dir.path, env, never)).toBe(false)
})

test('who runs it is the user of git, with the address', async () => {
  await using dir = await checkout()
  await git(dir, 'config', 'user.name', 'Jesus Ortiz')
  await git(dir, 'config', 'user.email', 'jesus@sb.example')

  expect(await gitUser(dir.path, env, never)).toEqual({ name: 'Jesus Ortiz', email: 'jesus@sb.example' })
  expect(await whoRuns(dir.path, env, never)).toMatchObject({ name: 'Jesus Ortiz <jesus@sb.example>', run: null })
})

test('who runs it is the user of the machine when git knows nobody', async () => {
  await using dir = await tempDir()

  const actor = await whoRuns(dir.path, env, never)

  expect(actor.name).toBe((await promisify(execFile)('id', ['-un'])).stdout.trim())
  expect(actor.host).toBe((await promisify(execFile)('uname', ['-n'])).stdout.trim())
})

test('on CI it is whoever started the run, with the page of the run', async () => {
  await using dir = await checkout()
  const github = {
    GITHUB_SERVER_URL: 'https://github.com',
    GITHUB_REPOSITORY: 'sb/board',
    GITHUB_RUN_ID: '42',
    GITHUB_ACTOR: 'jortiz',
  }

  expect(await whoRuns(dir.path, { ...env, ...github }, never)).toMatchObject({
    name: 'jortiz',
    run: 'https://github.com/sb/board/actions/runs/42',
  })
  expect(ciRun({ ...github, GITHUB_RUN_ATTEMPT: '2' })).toBe('https://github.com/sb/board/actions/runs/42/attempts/2')
  expect(ciRun({ CI_JOB_URL: 'https://gitlab.example/sb/-/jobs/7' })).toBe('https://gitlab.example/sb/-/jobs/7')
})

async function checkout(...how: readonly string[]): Promise<TempDir> {
  const dir = await tempDir({ files: { 'app.txt': 'v1' } })
  await git(dir, 'init', '-q', '-b', 'release/6', ...how)
  await git(dir, 'add', '.')
  await git(dir, 'commit', '-qm', 'first')
  return dir
}

async function git(dir: TempDir, ...args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)('git', args, { cwd: dir.path, env })
  return stdout
}
