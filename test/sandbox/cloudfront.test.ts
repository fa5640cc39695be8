import {
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetDistributionConfigCommand,
  GetInvalidationCommand,
  ListDistributionsCommand,
  ListInvalidationsCommand,
  UpdateDistributionCommand,
} from '@aws-sdk/client-cloudfront'
import { expect, test } from 'vitest'
import { cloudfrontClient, errorOf, openWorld, passTime, stagingAccount, type OpenWorld } from './support/sandbox.ts'

const DistributionId = 'E2P'

function invalidate(world: OpenWorld, reference: string, paths: readonly string[], quantity = paths.length) {
  const batch = { CallerReference: reference, Paths: { Quantity: quantity, Items: [...paths] } }
  return cloudfrontClient(world).send(new CreateInvalidationCommand({ DistributionId, InvalidationBatch: batch }))
}

test('an invalidation is in progress, and completed after a short virtual time', async () => {
  await using world = await openWorld()
  const started = await invalidate(world, 'r1', ['/index.html', '/'])
  const status = async () =>
    (await cloudfrontClient(world).send(new GetInvalidationCommand({ DistributionId, Id: started.Invalidation?.Id })))
      .Invalidation?.Status
  expect([started.Invalidation?.Status, await status()]).toEqual(['InProgress', 'InProgress'])
  await passTime(world, 5000)
  expect(await status()).toBe('Completed')
})

test('the same reference is the same invalidation, with other paths it is refused', async () => {
  await using world = await openWorld()
  const first = await invalidate(world, 'r1', ['/a', '/b'])
  const again = await invalidate(world, 'r1', ['/b', '/a'])
  expect(again.Invalidation?.Id).toBe(first.Invalidation?.Id)
  expect(await errorOf(invalidate(world, 'r1', ['/c']))).toBe('InvalidationBatchAlreadyExists 400')
  const list = await cloudfrontClient(world).send(new ListInvalidationsCommand({ DistributionId }))
  expect(list.InvalidationList?.Items?.map(({ Id }) => Id)).toEqual([first.Invalidation?.Id])
})

test('paths are checked as CloudFront checks them', async () => {
  await using world = await openWorld()
  expect(await errorOf(invalidate(world, 'r1', ['no-slash']))).toBe('InvalidArgument 400')
  expect(await errorOf(invalidate(world, 'r2', ['/a*b']))).toBe('InvalidArgument 400')
  expect(await errorOf(invalidate(world, 'r3', ['/a'], 2))).toBe('InconsistentQuantities 400')
  expect(
    await errorOf(
      invalidate(
        world,
        'r4',
        Array.from({ length: 16 }, (_, n) => `/${n}/*`),
      ),
    ),
  ).toBe('TooManyInvalidationsInProgress 400')
})

test('a distribution says where it is and what is in front of which bucket', async () => {
  await using world = await openWorld()
  const client = cloudfrontClient(world)
  const { Distribution } = await client.send(new GetDistributionCommand({ Id: DistributionId }))
  expect(Distribution).toMatchObject({
    Id: 'E2P',
    ARN: 'arn:aws:cloudfront::222222222222:distribution/E2P',
    Status: 'Deployed',
    DistributionConfig: {
      Enabled: true,
      DefaultRootObject: 'index.html',
      Aliases: { Items: ['sb.example'] },
      Origins: { Items: [{ DomainName: 'sb-prod.s3.us-east-1.amazonaws.com' }] },
    },
  })
  expect(
    (await client.send(new GetDistributionConfigCommand({ Id: DistributionId }))).DistributionConfig?.DefaultRootObject,
  ).toBe('index.html')
  expect((await client.send(new ListDistributionsCommand({}))).DistributionList?.Items?.map(({ Id }) => Id)).toEqual([
    'E2P',
  ])
})

test('a missing distribution, one of another account, and what is not implemented are told apart', async () => {
  await using world = await openWorld()
  const client = cloudfrontClient(world)
  expect(await errorOf(client.send(new GetDistributionCommand({ Id: 'ENONE' })))).toBe('NoSuchDistribution 404')
  expect(
    await errorOf(cloudfrontClient(world, stagingAccount).send(new GetDistributionCommand({ Id: DistributionId }))),
  ).toBe('AccessDenied 403')
  expect(await errorOf(client.send(new GetInvalidationCommand({ DistributionId, Id: 'INONE' })))).toBe(
    'NoSuchInvalidation 404',
  )
  const { DistributionConfig } = await client.send(new GetDistributionConfigCommand({ Id: DistributionId }))
  expect(
    await errorOf(client.send(new UpdateDistributionCommand({ Id: DistributionId, DistributionConfig, IfMatch: 'x' }))),
  ).toBe('NotImplemented 501')
})
