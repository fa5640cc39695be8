import { expect, test } from 'vitest'
import { awsServer } from '../support/aws-server.ts'
import { runBin } from '../support/run-bin.ts'
import { smallBucket } from '../support/small-bucket.ts'
import { tempDir } from '../support/temp-dir.ts'

/** A flag at 30 %, as a document says it. */
const at30 = JSON.stringify({
  flags: {
    board: {
      state: 'ENABLED',
      variants: { on: true, off: false },
      defaultVariant: 'off',
      targeting: {
        fractional: [{ cat: [{ var: '$flagd.flagKey' }, { var: 'targetingKey' }] }, ['on', 3000], ['off', 7000]],
      },
    },
  },
  launch: {
    launch: null,
    percent: 30,
    serial: 1,
    writeId: 'stage',
    latch: false,
    acks: [],
    updatedAt: '2026-12-01T18:00:00.000Z',
    updatedBy: 'kim',
    reason: 'stage',
  },
})

async function rolledBack(siteUrl: string, ...more: readonly string[]) {
  await using bucket = await smallBucket({ name: 'tiny', documents: { 'flags/board.json': at30 } })
  const sheet = `app: board
flag: { key: board, store: { kind: s3, path: flags/board.json } }
environments:
  production: { bucket: tiny, region: us-east-1, url: "${siteUrl}" }
`
  await using dir = await tempDir({ files: { 'runsheet.yaml': sheet } })
  const ran = await runBin(['rollback', 'emergency', ...more], {
    cwd: dir.path,
    timeoutMs: 120_000,
    env: {
      AWS_ENDPOINT_URL: bucket.endpoint,
      LAUNCH_ALLOW_ENDPOINT: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'for-tests-only',
    },
  })
  expect(JSON.parse(bucket.documents.get('flags/board.json') ?? '')).toMatchObject({ launch: { latch: true } })
  return ran
}

test.concurrent('a rollback from a machine that does not reach the site is done, and says what it could not see', async ({
  expect,
}) => {
  const ran = await rolledBack('http://127.0.0.1:9')

  expect(ran.exitCode, ran.stderr).toBe(0)
  expect(ran.stdout).toContain('rollback emergency: degraded; ')
  expect(ran.stdout).toMatch(
    /\ndegraded: the flag is off and latched in its store, and stays so; .* cannot be seen from here/,
  )
  expect(ran.stdout).toContain('look from a machine that reaches the site: launch rollback validate')
})

test.concurrent('an edge that goes on serving the new version needs a human', async ({ expect }) => {
  await using edge = await awsServer(() => ({
    status: 200,
    headers: { 'content-type': 'application/json', etag: '"old"', age: '4000' },
    body: at30,
  }))
  const ran = await rolledBack(edge.endpoint, '--json')

  expect(ran.exitCode, ran.stderr).toBe(5)
  const [result] = JSON.parse(ran.stdout).rollbacks
  expect(result).toMatchObject({ outcome: 'failed', verified: false, edgeMs: null })
  expect(result.detail).toMatch(/off and latched in its store.* still serves 30 %.*users still get the new version/)
})
