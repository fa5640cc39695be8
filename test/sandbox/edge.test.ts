import { CreateInvalidationCommand } from '@aws-sdk/client-cloudfront'
import { CopyObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { cloudfrontClient, openWorld, passTime, s3Client, type OpenWorld } from './support/sandbox.ts'

async function put(world: OpenWorld, Key: string, Body: string, CacheControl?: string): Promise<void> {
  await s3Client(world).send(
    new PutObjectCommand({ Bucket: 'sb-prod', Key, Body, ContentType: 'text/plain', CacheControl }),
  )
}

/** `body, X-Cache word, Age`. */
async function view(world: OpenWorld, path: string, init: RequestInit = {}): Promise<readonly unknown[]> {
  const answer = await fetch(`${world.site}${path}`, init)
  return [await answer.text(), answer.headers.get('x-cache')?.split(' ')[0], answer.headers.get('age')]
}

test('a fresh world shows the older site at the root, with its assets and no flag', async () => {
  await using world = await openWorld()
  const page = await fetch(world.site)
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(await page.text()).toContain('/assets/app-old123.js')
  const types = await Promise.all(
    ['/assets/app-old123.js', '/favicon.svg', '/robots.txt', '/flags/status-board-v2.json'].map(async (path) => {
      const answer = await fetch(`${world.site}${path}`)
      return `${answer.status} ${answer.headers.get('content-type')}`
    }),
  )
  expect(types).toEqual([
    '200 text/javascript; charset=utf-8',
    '200 image/svg+xml',
    '200 text/plain; charset=utf-8',
    '404 application/xml',
  ])
})

test('the edge serves what it holds until s-maxage has passed in virtual time', async () => {
  await using world = await openWorld()
  await put(world, 'f', 'one', 'max-age=60,s-maxage=5')
  expect(await view(world, '/f')).toEqual(['one', 'Miss', null])
  await put(world, 'f', 'two', 'max-age=60,s-maxage=5')
  await passTime(world, 4999)
  expect(await view(world, '/f')).toEqual(['one', 'Hit', '4'])
  await passTime(world, 1)
  expect(await view(world, '/f')).toEqual(['two', 'Miss', null])
  await passTime(world, 5000)
  expect(await view(world, '/f')).toEqual(['two', 'RefreshHit', null])
})

test('no-cache is held for a second, an object without Cache-Control for a day', async () => {
  await using world = await openWorld()
  await put(world, 'n', 'one', 'no-cache')
  await put(world, 'd', 'one')
  await view(world, '/n')
  await view(world, '/d')
  await put(world, 'n', 'two', 'no-cache')
  await put(world, 'd', 'two')
  expect(await view(world, '/n')).toEqual(['one', 'Hit', '0'])
  await passTime(world, 1000)
  expect(await view(world, '/n')).toEqual(['two', 'Miss', null])
  await passTime(world, 86_398_000)
  expect(await view(world, '/d')).toEqual(['one', 'Hit', '86399'])
  await passTime(world, 1000)
  expect(await view(world, '/d')).toEqual(['two', 'Miss', null])
})

test('a missing file stays missing for ten seconds after it was asked for', async () => {
  await using world = await openWorld()
  expect((await fetch(`${world.site}/new.js`)).status).toBe(404)
  await put(world, 'new.js', 'x')
  await passTime(world, 9999)
  expect((await fetch(`${world.site}/new.js`)).status).toBe(404)
  await passTime(world, 1)
  expect((await fetch(`${world.site}/new.js`)).status).toBe(200)
})

test('an invalidation purges what it names once it has reached the edge', async () => {
  await using world = await openWorld()
  for (const key of ['a/1', 'a/2', 'b']) {
    await put(world, key, 'one')
    await view(world, `/${key}`)
    await put(world, key, 'two')
  }
  const batch = { CallerReference: 'r', Paths: { Quantity: 2, Items: ['/a/*', '/c'] } }
  await cloudfrontClient(world).send(new CreateInvalidationCommand({ DistributionId: 'E2P', InvalidationBatch: batch }))
  expect((await view(world, '/a/1'))[0]).toBe('one')
  await passTime(world, 5000)
  expect([(await view(world, '/a/1'))[0], (await view(world, '/a/2'))[0], (await view(world, '/b'))[0]]).toEqual([
    'two',
    'two',
    'one',
  ])
  expect((await view(world, '/a/1'))[1]).toBe('Hit')
})

test('a browser that holds the current version gets 304, and may ask for a range', async () => {
  await using world = await openWorld()
  await put(world, 'f', '0123456789', 'max-age=60')
  const first = await fetch(`${world.site}/f`)
  const etag = first.headers.get('etag') ?? ''
  expect((await fetch(`${world.site}/f`, { headers: { 'if-none-match': etag } })).status).toBe(304)
  const part = await fetch(`${world.site}/f`, { headers: { range: 'bytes=2-3' } })
  expect([part.status, await part.text(), part.headers.get('content-range')]).toEqual([206, '23', 'bytes 2-3/10'])
  expect((await fetch(`${world.site}/f`, { method: 'POST', body: 'x' })).status).toBe(403)
})

test('the app answers behind the same address and is never cached', async () => {
  await using world = await openWorld()
  const answer = await fetch(`${world.site}/api/health`)
  expect([answer.status, answer.headers.get('x-cache')]).toEqual([200, 'Miss from cloudfront'])
})

test("a request for the run sheet's own host name is answered as that site, wherever it arrives", async () => {
  await using world = await openWorld()
  await put(world, 'which.txt', 'production')
  const { request } = await import('node:http')
  const body = await new Promise<string>((resolve, reject) => {
    request(`${world.sandbox.apiUrl}/which.txt`, { headers: { host: 'sb.example' } }, (response) => {
      response.setEncoding('utf8').on('data', resolve)
    })
      .on('error', reject)
      .end()
  })
  expect(body).toBe('production')
})

test('a corrupt deploy reaches the edge damaged until the old file is back', async () => {
  await using world = await openWorld({ scenario: 'deploy-corrupt' })
  const old = await (await fetch(world.site)).text()
  const s3 = s3Client(world)
  await s3.send(new CopyObjectCommand({ Bucket: 'sb-prod', Key: 'kept.html', CopySource: 'sb-prod/index.html' }))
  await put(world, 'index.html', '<!doctype html><p>new page</p>', 'no-cache')
  await put(world, 'assets/new-1.js', 'let a = 1', 'max-age=31536000')
  await passTime(world, 1000)
  expect(await (await fetch(world.site)).text()).not.toBe('<!doctype html><p>new page</p>')
  expect(await (await fetch(`${world.site}/assets/new-1.js`)).text()).toBe('let a = 1')
  await s3.send(new CopyObjectCommand({ Bucket: 'sb-prod', Key: 'index.html', CopySource: 'sb-prod/kept.html' }))
  await passTime(world, 1000)
  expect(await (await fetch(world.site)).text()).toBe(old)
})
