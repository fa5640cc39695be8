import { expect, test } from 'vitest'
import { cloudFrontCdn, cloudFrontClient } from '../../src/aws/cloudfront.ts'
import { awsServer, queryFault, type AwsReply } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

const started = (id: string, status = 'InProgress'): AwsReply => ({
  status: 201,
  body: `<Invalidation xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>${id}</Id><Status>${status}</Status><CreateTime>2026-12-01T18:00:00Z</CreateTime><InvalidationBatch><CallerReference>r</CallerReference><Paths><Quantity>1</Quantity><Items><Path>/</Path></Items></Paths></InvalidationBatch></Invalidation>`,
})

async function cdnAnswering(replies: readonly AwsReply[]) {
  const server = await awsServer((_request, n) => replies[Math.min(n, replies.length) - 1] ?? 'hang up')
  return {
    server,
    cdn: cloudFrontCdn(cloudFrontClient({ ...emulated(server.endpoint), region: 'eu-west-1' }), 'E2P', hurriedRetries),
  }
}
const referenceIn = (body: string) => /<CallerReference>(.*?)<\/CallerReference>/.exec(body)?.[1]
const pathsIn = (body: string) => [...body.matchAll(/<Path>(.*?)<\/Path>/g)].map((match) => match[1])

test('one batch with the given reference, signed for the region CloudFront lives in', async () => {
  const { server, cdn } = await cdnAnswering([started('I1')])
  await using _ = server
  expect(await cdn.invalidate(['/index.html', '/', '/index.html'], 'launch-1', never)).toEqual({
    status: 'started',
    id: 'I1',
  })
  const [request] = server.requests
  expect(pathsIn(request?.body ?? '')).toEqual(['/', '/index.html'])
  expect(referenceIn(request?.body ?? '')).toBe('launch-1')
  expect(request?.headers.authorization).toContain('/us-east-1/cloudfront/')
})

test('a throttle, a full queue and a 503 are tried again with the same reference', async () => {
  const replies = [
    queryFault(400, 'Throttling'),
    queryFault(400, 'TooManyInvalidationsInProgress'),
    queryFault(503, 'ServiceUnavailable'),
    started('I2'),
  ]
  const { server, cdn } = await cdnAnswering(replies)
  await using _ = server
  expect(await cdn.invalidate(['/'], 'launch-1', never)).toEqual({ status: 'started', id: 'I2' })
  expect(server.requests.map(({ body }) => referenceIn(body))).toEqual(Array(4).fill('launch-1'))
})

test('a reference that was used for other paths gets one of its own, the same on every repeat', async () => {
  const replies = [queryFault(400, 'InvalidationBatchAlreadyExists'), started('I3')]
  const first = await cdnAnswering(replies)
  await using _ = first.server
  const second = await cdnAnswering(replies)
  await using __ = second.server
  await first.cdn.invalidate(['/a'], 'launch-1', never)
  await second.cdn.invalidate(['/a'], 'launch-1', never)
  const used = first.server.requests.map(({ body }) => referenceIn(body))
  expect(used[1]).toMatch(/^launch-1-[0-9a-f]{12}$/)
  expect(second.server.requests.map(({ body }) => referenceIn(body))).toEqual(used)
})

test('what keeps failing is degraded with its reason, not an exception', async () => {
  const { server, cdn } = await cdnAnswering([queryFault(400, 'TooManyInvalidationsInProgress')])
  await using _ = server
  expect(await cdn.invalidate(['/'], 'launch-1', never)).toEqual({
    status: 'degraded',
    why: 'cloudfront CreateInvalidation on E2P: throttled (TooManyInvalidationsInProgress)',
  })
  expect(server.requests).toHaveLength(6)
})

test('more paths than CloudFront takes become everything', async () => {
  const { server, cdn } = await cdnAnswering([started('I4')])
  await using _ = server
  await cdn.invalidate(
    Array.from({ length: 3001 }, (_, n) => `/${n}`),
    'launch-1',
    never,
  )
  expect(pathsIn(server.requests[0]?.body ?? '')).toEqual(['/*'])
})

test.each([
  ['Completed', true],
  ['COMPLETED', true],
  ['InProgress', false],
])('an invalidation that is %s', async (status, done) => {
  const { server, cdn } = await cdnAnswering([started('I5', status)])
  await using _ = server
  expect(await cdn.invalidated('I5', never)).toBe(done)
})

test('with half of the calls failing every invalidation is started all the same, or is said to be degraded', async () => {
  // AWS to users of its CDK: up to half of the calls fail at the peak of a day. The first of every two here, at worst six in a row.
  const failing = [true, false, true, true, false, true, false, false, ...Array<boolean>(6).fill(true), false, false]
  const server = await awsServer((_request, n) =>
    failing[(n - 1) % failing.length] ? queryFault(503, 'ServiceUnavailable') : started(`I${n}`),
  )
  await using _ = server
  const cdn = cloudFrontCdn(cloudFrontClient(emulated(server.endpoint)), 'E2P', hurriedRetries)
  const ends = []
  for (let n = 0; n < 12; n += 1) ends.push(await cdn.invalidate(['/'], `launch-${n}`, never))
  for (const end of ends)
    expect(end.status === 'started' ? end.id : end.why).toMatch(
      /^I\d+$|CreateInvalidation on E2P: .*(503|ServiceUnavailable)/,
    )
  expect(ends.filter(({ status }) => status === 'started').length).toBeGreaterThanOrEqual(9)
})
