import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { benchS3 } from '../support/bench-s3.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const bucket = 'site'

const sheetFor = (server: string) => `runsheet: 1
app: tiny
environments:
  staging: { region: us-east-1, bucket: ${bucket}, url: "${server}/${bucket}" }
  production: { region: us-east-1, bucket: other, url: "${server}/other" }
build: { run: ['true'], output: dist, idempotent: true }
deploy: { removeForeign: ['old/**'] }
flag: { key: board, default: off, store: { kind: s3, path: /flags/board.json } }
phases:
  - { id: staging, run: [build, { deploy: staging }] }
`

test('of what no release lists only that goes which the sheet names, a day old, while no launch is open, and only when it is confirmed', async () => {
  await using s3 = await benchS3()
  await using dir = await tempDir({
    files: { 'runsheet.yaml': sheetFor(s3.url), 'dist/index.html': 'page', '.gitignore': 'dist\n.launch\n' },
  })
  const git = (...args: readonly string[]) => run('git', ['-C', dir.path, ...args])
  await git('init', '--quiet')
  await git('add', '.')
  await git('-c', 'user.name=a', '-c', 'user.email=a@b.example', 'commit', '--quiet', '-m', 'site')
  const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'test' }
  const env = { ...keys, AWS_ENDPOINT_URL: s3.url, LAUNCH_ALLOW_ENDPOINT: '1' }
  const launch = async (...args: readonly string[]) => runBin(args, { cwd: dir.path, env, timeoutMs: 120_000 })
  const prune = async (...more: readonly string[]) => {
    const done = await launch('releases', 'prune', '--env', 'staging', '--json', ...more)
    return { exitCode: done.exitCode, ...JSON.parse(done.stdout) }
  }
  const strangers = async () =>
    Object.keys(await s3.hashes(bucket)).filter((key) => !key.startsWith('.launch/') && key !== 'index.html')
  const put = (key: string) => fetch(`${s3.url}/${bucket}/${key}`, { method: 'PUT', body: key })

  const launched = await launch('auto', '--yes')
  expect(launched.exitCode, launched.stderr).toBe(0)
  for (const key of ['old/a.js', 'others/b.js', 'flags/board.json']) await put(key)
  expect(await prune('--dry-run')).toMatchObject({ exitCode: 0, foreign: 0, keys: [] })

  await s3.set('olderByHours=25')
  expect(await prune('--dry-run')).toMatchObject({ exitCode: 0, foreign: 1, keys: ['old/a.js'] })
  expect(await prune()).toMatchObject({ exitCode: 2, error: { code: 'CONFIRMATION_NEEDED' } })
  expect((await strangers()).toSorted()).toEqual(['flags/board.json', 'old/a.js', 'others/b.js'])
  expect(await prune('--yes')).toMatchObject({ exitCode: 0, foreign: 1, objects: 1 })
  expect((await strangers()).toSorted()).toEqual(['flags/board.json', 'others/b.js'])

  await put('old/c.js')
  await s3.set('olderByHours=25')
  expect((await launch('deploy', '--env', 'staging', '--new', '--yes')).exitCode).toBe(0)
  expect(await prune('--yes')).toMatchObject({ exitCode: 0, foreign: 0 })
  expect(await strangers()).toContain('old/c.js')
}, 240_000)
