import { execFileSync } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { runBin } from '../support/run-bin.ts'
import { smallBucket, type SmallBucket } from '../support/small-bucket.ts'
import { tempDir } from '../support/temp-dir.ts'

const at30 = '{"flags":{"board":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off"}}}'
const shown = { 'index.html': '<title>board</title>', 'flags/board.json': at30, 'flags/other.json': at30 }

async function emergency(bucket: SmallBucket, args: readonly string[], files: Readonly<Record<string, string>> = {}) {
  await using dir = await tempDir({ files })
  const ran = await runBin(['rollback', 'emergency', ...args], {
    cwd: dir.path,
    env: {
      AWS_ENDPOINT_URL: bucket.endpoint,
      LAUNCH_ALLOW_ENDPOINT: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'for-tests-only',
    },
  })
  const left = await readdir(dir.path, { recursive: true })
  return { ...ran, left }
}

const flagAt = (key: string) => ['--flag', `s3://tiny/${key}`, '--region', 'us-east-1']

describe('a flag whose place was typed', () => {
  test.each([
    ['flags/bord.json', 'documents near it: flags/board.json, flags/other.json'],
    ['board.json', 'documents near it: flags/board.json, flags/other.json'],
  ])('at %s, where there is none, is latched all the same, and a human is asked for', async (key, near) => {
    await using bucket = await smallBucket({ name: 'tiny', documents: shown })
    const ran = await emergency(bucket, flagAt(key))

    expect(ran.exitCode, ran.stderr).toBe(5)
    expect(JSON.parse(bucket.documents.get(key) ?? '')).toMatchObject({ launch: { percent: 0, latch: true } })
    expect(ran.stdout).not.toMatch(/restored|verified/)
    expect(ran.stdout).toContain(`there was no document at s3://tiny/${key} before: the key may be wrong`)
    expect(ran.stdout).toContain(near)
    expect(ran.stdout).toContain('launch rollback emergency --flag s3://tiny/flags/board.json --region us-east-1')
    expect(ran.stderr).toContain('✖ a latch was written, but there was no document')
    expect(bucket.documents.get('flags/board.json')).toBe(at30)
  })

  test('is said to have failed to who reads JSON, too', async () => {
    await using bucket = await smallBucket({ name: 'tiny', documents: shown })
    const ran = await emergency(bucket, [...flagAt('wrong.json'), '--json'])

    expect(JSON.parse(ran.stdout)).toMatchObject({
      outcome: 'failed',
      exitCode: 5,
      rollbacks: [{ outcome: 'failed', verified: false, edgeMs: null }],
    })
  })

  test('is named without its neighbours where the bucket cannot be listed', async () => {
    const instead = (method: string, path: string) =>
      method === 'GET' && /^\/tiny\/?$/.test(path) ? { status: 403, code: 'AccessDenied' } : null
    await using bucket = await smallBucket({ name: 'tiny', documents: shown, instead })
    const ran = await emergency(bucket, flagAt('flags/bord.json'))

    expect(ran.exitCode).toBe(5)
    expect(ran.stdout).toContain('the bucket cannot be listed from here: aws s3 ls s3://tiny/ --recursive does it')
  })

  test.each([
    ['refused', { status: 403, code: 'AccessDenied' }],
    ['answered with an error', { status: 500, code: 'InternalError' }],
    ['not answered', 'silence'],
  ] as const)('is taken to be there, and written at once, when the look at it is %s', async (_how, reply) => {
    const instead = (method: string) => (method === 'HEAD' ? reply : null)
    await using bucket = await smallBucket({ name: 'tiny', documents: shown, instead })
    const ran = await emergency(bucket, flagAt('flags/board.json'))

    expect(ran.exitCode, ran.stderr).toBe(0)
    const [look, write] = bucket.requests
    expect([look?.method, write?.method]).toEqual(['HEAD', 'PUT'])
    expect((write?.at ?? Infinity) - (look?.at ?? 0)).toBeLessThan(1000)
  })

  test('is said to be off, and no more than that, where the address of the site is not known', async () => {
    await using bucket = await smallBucket({ name: 'tiny', documents: shown })
    const [ran, json] = await Promise.all([
      emergency(bucket, flagAt('flags/board.json')),
      emergency(bucket, [...flagAt('flags/board.json'), '--json']),
    ])

    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(ran.stdout).toMatch(/acknowledged after \d+ ms, read back after \d+ ms, not looked at through the site/)
    expect(ran.stdout).toContain('copies of the document live up to 10s')
    expect(ran.stdout).not.toContain('users see it')
    expect(JSON.parse(json.stdout)).toMatchObject({
      rollbacks: [{ outcome: 'restored', edgeMs: null, verified: false }],
    })
  })

  test('in a bucket that is not there is about what was typed, not about a run sheet', async () => {
    await using bucket = await smallBucket({ name: 'tiny' })
    const ran = await emergency(bucket, ['--flag', 's3://tinny/flags/board.json', '--region', 'us-east-1'])

    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain(
      's3://tinny/flags/board.json: it does not exist\n  correct the bucket in --flag s3://tinny/',
    )
    expect(ran.stderr).not.toContain('run sheet')
  })

  test('can be tried dry: how the flag stands, and nothing is written or kept', async () => {
    await using bucket = await smallBucket({ name: 'tiny', documents: shown })
    const [right, wrong] = await Promise.all([
      emergency(bucket, [...flagAt('flags/board.json'), '--dry-run']),
      emergency(bucket, [...flagAt('flags/bord.json'), '--dry-run']),
    ])

    expect([right.exitCode, wrong.exitCode]).toEqual([0, 0])
    expect(right.stdout).toMatch(/^dry run: would turn board off .*: s3:\/\/tiny\/flags\/board\.json\n/)
    expect(wrong.stdout).toContain('exit 5: the key may be wrong')
    expect(wrong.stdout).toContain('documents near it: flags/board.json')
    expect(bucket.requests.map(({ method }) => method)).not.toContain('PUT')
    expect([...right.left, ...wrong.left]).toEqual([])
  })
})

describe('without a run sheet', () => {
  test('what comes next is said as it works there', async () => {
    await using bucket = await smallBucket({ name: 'tiny', documents: shown })
    const ran = await emergency(bucket, flagAt('flags/board.json'))

    expect(ran.stdout).toContain('launch journal flush --state s3://BUCKET/PREFIX --app NAME')
    expect(ran.stdout).toMatch(
      /\nnext, where the run sheet is \(in its checkout, or with -C FOLDER\): launch rollback validate/,
    )
    expect(ran.stdout + ran.stderr).not.toContain('launch init')
  })

  test('an app that is not remembered is named with those that are', async () => {
    await using bucket = await smallBucket({ name: 'tiny' })
    const files = { 'state/v1/statusboard/production/launches/none': '' }
    const ran = await emergency(bucket, ['--state', 'file:state', '--app', 'statusbord'], files)

    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain('✖ no app "statusbord" is remembered at file:state, there is: statusboard')
    expect(ran.stderr).toContain('write --app statusboard')
  })
})

test('with a run sheet that has mistakes, what comes next says which to mend first', async () => {
  await using bucket = await smallBucket({ name: 'tiny', documents: shown })
  const sheet = `runsheet: 1
app: board
flag: { key: board, store: { kind: s3, path: flags/board.json } }
environments:
  production: { bucket: tiny, region: us-east-1, url: "${bucket.endpoint}/tiny" }
`
  const ran = await emergency(bucket, ['-C', 'web'], { 'web/runsheet.yaml': sheet })

  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(ran.stdout).toMatch(/\nnext, once runsheet\.yaml:\d+:\d+ is mended: launch rollback validate, then/)
})

describe('with a run sheet that is broken', () => {
  const broken = { 'runsheet.yaml': 'app: board\nenvironments:\n  production: {\n' }

  test('and says no flag, the mistake is named, and the way out', async () => {
    await using bucket = await smallBucket({ name: 'tiny' })
    const ran = await emergency(bucket, [], broken)

    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain(
      'runsheet.yaml does not say the bucket of production and flag.store.path\nrunsheet.yaml:3:15 ',
    )
    expect(ran.stderr).toContain('\n  name the flag: --flag s3://bucket/key --region us-east-1; or')
  })

  test.each([['rollback full'], ['rollback validate'], ['canary abort'], ['canary pause']])(
    'launch %s says that an emergency rollback works without it',
    async (command) => {
      await using dir = await tempDir({ files: broken })
      const ran = await runBin(command.split(' '), { cwd: dir.path })

      expect(ran.exitCode).toBe(2)
      expect(ran.stderr).toMatch(/runsheet\.yaml:3:15 [\s\S]*launch rollback emergency turns the flag off without it/)
    },
  )
})

test('a pipe where the run sheet should be keeps no rollback waiting', async () => {
  await using bucket = await smallBucket({ name: 'tiny', documents: shown })
  await using dir = await tempDir()
  execFileSync('mkfifo', [dir.file('runsheet.yaml')])
  const ran = await emergency(bucket, ['-C', dir.path, ...flagAt('flags/board.json')])

  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(JSON.parse(bucket.documents.get('flags/board.json') ?? '')).toMatchObject({ launch: { latch: true } })
})
