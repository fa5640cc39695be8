import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { awsServer, s3Fault } from './support/aws-server.ts'
import { runBin } from './support/run-bin.ts'
import { tempDir } from './support/temp-dir.ts'

const src = join(import.meta.dirname, '..', 'src')

/** Every file and package that importing a file loads at once: its static imports of values, and theirs. */
function loadedBy(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  const path = join(src, entry)
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const [, from = ''] of readFileSync(path, 'utf8').matchAll(/^import (?!type)[^']*'([^']+)'/gm)) {
    if (from.startsWith('.')) loadedBy(join(dirname(entry), from), seen)
    else seen.add(from)
  }
  return seen
}

// What runs between the start of `launch rollback emergency` and its acknowledged write.
test.each(['cli.ts', 'program.ts', 'commands/rollback-target.ts', 'compose/emergency.ts', 'engine/rollback.ts'])(
  '%s loads no schemas, no check kinds, no journal and no SDK',
  (entry) => {
    const loaded = [...loadedBy(entry)]

    expect(loaded).toContain(entry)
    const heavy =
      /^(?:zod|execa|node:zlib|node:https|node:child_process|@aws-sdk\/.*|(?:gates|journal|runsheet\/schema).*)$/
    expect(loaded.filter((name) => heavy.test(name))).toEqual([])
  },
)

test('what is loaded at once is one file beside the entry, with nothing heavy in it', () => {
  const dist = join(src, '..', 'dist')
  const [, front = ''] =
    /import\("\.\/chunks\/(front-\w+\.js)"\)/.exec(readFileSync(join(dist, 'cli.js'), 'utf8')) ?? []
  const text = readFileSync(join(dist, 'chunks', front), 'utf8')

  expect(text).toContain('rollback emergency')
  expect(text).not.toMatch(/aws-sdk-js|ZodError|parseAllDocuments/)
  const imports = text.matchAll(/(?:^|;|\})import[^"();]*"(\.[^"]+)"/g)
  // The version, and the runtime that esbuild puts beside CommonJS packages.
  expect(new Set([...imports].map(([, from]) => from)).size).toBeLessThanOrEqual(2)
})

test('an emergency rollback is on its way before the SDK is there', async () => {
  await using dir = await tempDir()
  let document = ''
  await using server = await awsServer(({ method, body }) => {
    if (method === 'PUT') document = body
    return {
      status: 200,
      headers: { etag: '"e"', 'content-type': 'application/json' },
      body: method === 'GET' ? document : '',
    }
  })
  const env = {
    AWS_ENDPOINT_URL: server.endpoint,
    LAUNCH_ALLOW_ENDPOINT: '1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'testing',
  }
  const args = [
    'rollback',
    'emergency',
    '--flag',
    's3://board-prod/flags/board.json',
    '--region',
    'us-east-1',
    '--json',
  ]
  const ran = await runBin(args, { cwd: dir.path, env })

  expect(ran.exitCode, ran.stderr).toBe(0)
  // A place that was typed is looked at before it is written to.
  const [look, write, readBack] = server.requests
  for (const request of [look, write]) {
    expect(request?.url).toBe('/board-prod/flags/board.json')
    expect(request?.headers['user-agent'] ?? '').not.toContain('aws-sdk-js')
  }
  expect([look, write, readBack].map((request) => request?.method)).toEqual(['HEAD', 'PUT', 'GET'])
  expect(JSON.parse(document)).toMatchObject({ launch: { percent: 0, latch: true } })
})

test('an emergency rollback that knows its document writes before it reads anything', async () => {
  let document = ''
  await using server = await awsServer(({ method, body }) => {
    if (method === 'PUT') document = body
    return { status: 200, headers: { etag: '"e"', 'content-type': 'application/json' }, body: document }
  })
  const sheet = `app: board
flag: { key: board, store: { kind: s3, path: flags/board.json } }
environments:
  production: { bucket: board-prod, region: us-east-1, url: "${server.endpoint}/board-prod" }
`
  await using dir = await tempDir({ files: { 'runsheet.yaml': sheet } })
  const env = {
    AWS_ENDPOINT_URL: server.endpoint,
    LAUNCH_ALLOW_ENDPOINT: '1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'testing',
  }
  const ran = await runBin(['rollback', 'emergency'], { cwd: dir.path, env })

  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(server.requests[0]).toMatchObject({ method: 'PUT', url: '/board-prod/flags/board.json' })
})

test.each([
  ['7m ahead of', -7, 200],
  ['12m behind', 12, 200],
  ['21m ahead of', -21, 403],
])('a machine whose clock is %s AWS is told so by the answer to its write', async (said, serverMinutes, first) => {
  await using dir = await tempDir()
  let document = ''
  const date = () => new Date(Date.now() + serverMinutes * 60_000).toUTCString()
  let writes = 0
  await using server = await awsServer(({ method, body }) => {
    if (method === 'PUT') writes += 1
    if (method === 'PUT' && writes === 1 && first !== 200) {
      const fault = s3Fault(first, 'RequestTimeTooSkewed')
      return fault === 'hang up' ? fault : { ...fault, headers: { date: date() } }
    }
    if (method === 'PUT') document = body
    const headers = { etag: '"e"', 'content-type': 'application/json', date: date() }
    return { status: 200, headers, body: method === 'GET' ? document : '' }
  })
  const env = {
    AWS_ENDPOINT_URL: server.endpoint,
    LAUNCH_ALLOW_ENDPOINT: '1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'testing',
  }
  const args = ['rollback', 'emergency', '--flag', 's3://board-prod/flags/board.json', '--region', 'us-east-1']
  const ran = await runBin(args, { cwd: dir.path, env })
  expect(ran.exitCode, ran.stderr).toBe(0)
  const lines = ran.stderr.split('\n').filter((line) => line.includes('the clock of this machine'))
  expect(lines).toEqual([expect.stringContaining(`is ${said} AWS: set it (NTP)`)])
  expect(writes).toBe(first === 200 ? 1 : 2)
})

test('a file that does load schemas is seen as such', () => {
  expect([...loadedBy('engine/look.ts')]).toContain('zod')
})
