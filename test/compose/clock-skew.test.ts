import { expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { skewWarning } from '../../src/compose/clock-skew.ts'
import { epochMs } from '../../src/core/brand.ts'
import { awsServer, s3Fault } from '../support/aws-server.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const noon = Date.UTC(2026, 11, 1, 12)

test.each([
  [6, '6m ahead of AWS'],
  [-61, '61m behind AWS'],
])(
  'a machine that is %i minutes off S3 is told so, once, also by an answer that is an error',
  async (minutes, said) => {
    const date = new Date(noon - minutes * 60_000).toUTCString()
    await using server = await awsServer(() => {
      const fault = s3Fault(404, 'NoSuchKey')
      return fault === 'hang up' ? fault : { ...fault, headers: { date } }
    })
    const lines: string[] = []
    const client = s3Client({
      region: 'us-east-1',
      profile: null,
      role: null,
      endpoints: { all: server.endpoint },
      allowEndpoint: true,
      credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      onServerDate: skewWarning(
        () => epochMs(noon),
        (line) => lines.push(line),
      ),
    })
    const objects = s3Objects(client, 'bucket', hurriedRetries)
    for (const key of ['a', 'b']) expect(await objects.get(key, never)).toBeNull()
    expect(lines).toEqual([expect.stringContaining(said)])
  },
)

test('four minutes are not worth a word', () => {
  const lines: string[] = []
  const hear = skewWarning(
    () => epochMs(noon),
    (line) => lines.push(line),
  )
  for (const minutes of [-4, 0, 4]) hear(epochMs(noon + minutes * 60_000))
  expect(lines).toEqual([])
})
