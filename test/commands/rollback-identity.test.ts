import { describe, expect, test } from 'vitest'
import { awsServer, queryFault, s3Fault, type AwsReply, type AwsRequest } from '../support/aws-server.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const arn = 'arn:aws:sts::222222222222:assumed-role/on-call/kim'
const identity: AwsReply = {
  status: 200,
  headers: { 'content-type': 'text/xml' },
  body: `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>${arn}</Arn><UserId>U</UserId><Account>222222222222</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`,
}

/** One object in a bucket, and STS. */
function oneBucket(sts: AwsReply): (request: AwsRequest) => AwsReply {
  let document: string | null = null
  return ({ method, url, body }) => {
    if (method === 'POST') return sts
    if (!url.includes('new-board.json')) return s3Fault(404, 'NoSuchKey')
    if (method === 'PUT') document = body
    if (method === 'GET' && document === null) return s3Fault(404, 'NoSuchKey')
    const headers = { etag: '"1"', 'content-type': 'application/json' }
    return { status: 200, headers, body: method === 'GET' ? (document ?? '') : '' }
  }
}

async function rolledBack(sts: AwsReply) {
  await using dir = await tempDir()
  await using aws = await awsServer(oneBucket(sts))
  const flag = ['--flag', 's3://tiny/flags/new-board.json', '--region', 'us-east-1']
  const ran = await runBin(['rollback', 'emergency', ...flag, '--reason', 'errors', '--json'], {
    cwd: dir.path,
    env: {
      HOME: dir.path,
      AWS_ENDPOINT_URL: aws.endpoint,
      LAUNCH_ALLOW_ENDPOINT: '1',
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'for-tests-only',
      LAUNCH_ACTOR: 'kim@laptop',
    },
  })
  return { ran, asked: aws.requests.map(({ method }) => method) }
}

describe('who rolled back', () => {
  test('is kept with the identity AWS takes them for, asked only after the flag is off', async () => {
    const { ran, asked } = await rolledBack(identity)

    expect(ran.exitCode).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ rollbacks: [{ by: `kim@laptop (${arn})` }] })
    expect(asked).toContain('POST')
    expect(asked.indexOf('PUT')).toBeLessThan(asked.indexOf('POST'))
  })

  test.each([
    ['refuses', queryFault(403, 'AccessDenied')],
    ['hangs up', 'hang up'],
  ] as const)('is the name alone when STS %s, and nothing else changes', async (_what, sts) => {
    const { ran } = await rolledBack(sts)

    expect(ran.exitCode).toBe(0)
    expect(JSON.parse(ran.stdout)).toMatchObject({ rollbacks: [{ by: 'kim@laptop', outcome: 'restored' }] })
  })
})
