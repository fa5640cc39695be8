import { expect, test } from 'vitest'
import { cloudFrontCdn, cloudFrontClient } from '../../src/aws/cloudfront.ts'
import { awsServer } from '../support/aws-server.ts'
import { emulated } from '../support/moto.ts'
import { hurriedRetries, never } from '../support/real-time.ts'

/** As GetDistribution answers it (API reference, 2020-05-31); only what is read here. */
const distribution = (responses: string, count: number) =>
  `<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>E2P</Id><DomainName>d1.cloudfront.net</DomainName><DistributionConfig><Enabled>true</Enabled><CustomErrorResponses><Quantity>${count}</Quantity>${count === 0 ? '' : `<Items>${responses}</Items>`}</CustomErrorResponses></DistributionConfig></Distribution>`
const response = (code: number, ttl: number, page = '') =>
  `<CustomErrorResponse><ErrorCode>${code}</ErrorCode>${page === '' ? '' : `<ResponsePagePath>${page}</ResponsePagePath><ResponseCode>200</ResponseCode>`}<ErrorCachingMinTTL>${ttl}</ErrorCachingMinTTL></CustomErrorResponse>`

async function trapsOf(...responses: readonly string[]) {
  await using server = await awsServer(() => ({
    status: 200,
    body: distribution(responses.join(''), responses.length),
  }))
  return await cloudFrontCdn(cloudFrontClient(emulated(server.endpoint)), 'E2P', hurriedRetries).traps?.(never)
}

test('a distribution that does nothing to errors, or keeps them as shortly as any does, is none to be warned of', async () => {
  expect(await trapsOf()).toEqual([])
  expect(await trapsOf(response(404, 10), response(503, 0), response(500, 5, '/sorry.html'))).toEqual([])
})

test('the page of an application instead of what is missing, and errors that are kept, are named', async () => {
  expect(await trapsOf(response(403, 10, '/index.html'), response(404, 300, '/index.html'))).toEqual([
    'answers 200 with /index.html where a file is missing (403)',
    'answers 200 with /index.html where a file is missing (404)',
    'keeps every 404 for 300 s',
  ])
})
