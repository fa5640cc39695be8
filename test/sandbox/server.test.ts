import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { Agent, request } from 'node:http'
import { promisify } from 'node:util'
import { CloudWatchClient, DescribeAnomalyDetectorsCommand } from '@aws-sdk/client-cloudwatch'
import { expect, test } from 'vitest'
import { errorOf, openWorld, passTime, productionAccount, startAt, type OpenWorld } from './support/sandbox.ts'

const run = promisify(execFile)

test('what is not implemented is refused in the protocol that was spoken', async () => {
  await using world = await openWorld()
  const cloudwatch = new CloudWatchClient({
    endpoint: world.sandbox.apiUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: `SANDBOX${productionAccount}`, secretAccessKey: 's' },
    maxAttempts: 1,
  })
  expect(await errorOf(cloudwatch.send(new DescribeAnomalyDetectorsCommand({})))).toMatch(/400$/)
  const post = (path: string, headers: Record<string, string>) =>
    fetch(`${world.sandbox.apiUrl}${path}`, { method: 'POST', body: '{}', headers })
  const ssm = await post('/', {
    'x-amz-target': 'AmazonSSM.DescribeParameters',
    'content-type': 'application/x-amz-json-1.1',
  })
  expect([ssm.status, await ssm.json()]).toMatchObject([400, { __type: 'UnknownOperationException' }])
  const cbor = await post('/service/GraniteServiceVersion20100801/operation/GetMetricData', {
    'smithy-protocol': 'rpc-v2-cbor',
  })
  expect([cbor.status, cbor.headers.get('smithy-protocol')]).toEqual([400, 'rpc-v2-cbor'])
  const unknown = await fetch(`${world.sandbox.apiUrl}/_sandbox/nothing`)
  expect(unknown.status).toBe(404)
})

test('webhooks are captured with their virtual time', async () => {
  await using world = await openWorld()
  await passTime(world, 60_000)
  const hook = `${world.sandbox.apiUrl}/_sandbox/webhooks`
  await fetch(`${hook}/releases`, {
    method: 'POST',
    body: '{"text":"go"}',
    headers: { 'content-type': 'application/json' },
  })
  await fetch(`${hook}/oncall`, { method: 'POST', body: 'page' })
  const captured = await (await fetch(`${hook}/releases`)).json()
  expect(captured).toEqual([
    { name: 'releases', at: startAt + 60_000, contentType: 'application/json', body: '{"text":"go"}' },
  ])
  expect(await (await fetch(hook)).json()).toHaveLength(2)
})

test('what the sandbox is made of can be read', async () => {
  await using world = await openWorld()
  const info = await (await fetch(`${world.sandbox.apiUrl}/_sandbox/info`)).json()
  expect(info).toMatchObject({ pid: process.pid, speed: null, now: startAt, config: { scenario: 'healthy', seed: 7 } })
})

test('a launch makes thousands of requests: each costs about a millisecond of processor, both ends counted', async () => {
  await using world = await openWorld()
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  const headers = { authorization: 'AWS4-HMAC-SHA256 Credential=ANYKEY/20261201/us-east-1/s3/aws4_request' }
  const send = (method: string, key: string, body?: string) =>
    new Promise<number>((resolve, reject) => {
      const sent = request(`${world.sandbox.apiUrl}/sb-prod/${key}`, { method, agent, headers }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      sent.on('error', reject).end(body)
    })
  const before = process.cpuUsage()
  const keys = Array.from({ length: 500 }, (_, n) => `assets/${n}.js`)
  const statuses = [
    ...(await Promise.all(keys.map((key) => send('PUT', key, `'${key}'`)))),
    ...(await Promise.all(keys.map((key) => send('GET', key)))),
  ]
  const { user, system } = process.cpuUsage(before)
  agent.destroy()
  expect(statuses.filter((status) => status !== 200)).toEqual([])
  expect((user + system) / 1000 / statuses.length).toBeLessThan(3)
})

async function aws(world: OpenWorld, ...args: readonly string[]): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    HOME: world.dir.path,
    AWS_ENDPOINT_URL: world.sandbox.apiUrl,
    AWS_ACCESS_KEY_ID: `SANDBOX${productionAccount}`,
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_REGION: 'us-east-1',
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
  }
  return (await run('aws', [...args], { env })).stdout.trim()
}

const hasAws = await run('aws', ['--version']).then(
  () => true,
  () => false,
)
if (!hasAws) process.stderr.write('skipped: there is no aws command here\n')

test.skipIf(!hasAws)(
  'the aws command copies, lists, syncs, invalidates and knows who it is',
  { timeout: 60_000 },
  async () => {
    await using world = await openWorld()
    const local = world.dir.file('local')
    await mkdir(`${local}/sub`, { recursive: true })
    await writeFile(`${local}/a.txt`, 'a')
    await writeFile(`${local}/sub/b.html`, '<p>b</p>')
    await writeFile(`${local}/big.bin`, Buffer.alloc(9 * 1024 * 1024, 3))
    await aws(world, 's3', 'cp', `${local}/a.txt`, 's3://sb-prod/one.txt')
    await aws(world, 's3', 'sync', local, 's3://sb-prod/tree/')
    expect(await aws(world, 's3', 'ls', 's3://sb-prod/tree/')).toMatch(/PRE sub\/\n.* 1 a\.txt\n.*9437184 big\.bin$/)
    await aws(world, 's3', 'cp', 's3://sb-prod/tree/big.bin', `${local}/back.bin`)
    expect((await readFile(`${local}/back.bin`)).equals(Buffer.alloc(9 * 1024 * 1024, 3))).toBe(true)
    await aws(world, 's3', 'cp', 's3://sb-prod/tree/sub/b.html', 's3://sb-prod/copied.html')
    expect(await aws(world, 's3', 'rm', '--recursive', 's3://sb-prod/tree/')).toContain(
      'delete: s3://sb-prod/tree/a.txt',
    )
    const made = JSON.parse(
      await aws(world, 'cloudfront', 'create-invalidation', '--distribution-id', 'E2P', '--paths', '/*'),
    )
    expect(made.Invalidation.Status).toBe('InProgress')
    expect(JSON.parse(await aws(world, 'sts', 'get-caller-identity')).Account).toBe(productionAccount)
  },
)
