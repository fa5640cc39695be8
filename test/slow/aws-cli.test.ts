import { execFile } from 'node:child_process'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import type { RunningBin } from '../support/run-bin.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { lacks } from '../support/waive.ts'

/** `launch sandbox serve` answers the AWS command line, a client that shares no code with launch. */
describe.skipIf(await lacks('aws'))('the aws command line against sandbox serve', () => {
  let project: LaunchProject
  let host: RunningBin
  let dir: TempDir
  let env: NodeJS.ProcessEnv
  let serving: { readonly apiUrl: string; readonly siteUrls: { readonly production: string } }
  /** Virtual now in epoch ms; the world stands still while nobody drives it. */
  let now = 0

  const aws = async (...args: readonly string[]) => {
    const { stdout } = await promisify(execFile)('aws', [...args], { env, cwd: dir.path, timeout: 60_000 })
    return stdout
  }
  const json = async (...args: readonly string[]) => JSON.parse(await aws(...args, '--output', 'json'))

  beforeAll(async () => {
    project = await launchProject()
    dir = await tempDir()
    host = project.start(['sandbox', 'serve', '--jsonl'], { timeoutMs: 600_000 })
    serving = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
    // The clock stands still: without a speed it moves only for launches that are attached.
    const clock = await fetch(`${serving.apiUrl}/_sandbox/clock/speed`, { method: 'POST' })
    now = ((await clock.json()) as { readonly now: number }).now
    env = {
      PATH: process.env['PATH'],
      HOME: dir.path,
      AWS_ENDPOINT_URL: serving.apiUrl,
      AWS_ACCESS_KEY_ID: 'SANDBOX222222222222',
      AWS_SECRET_ACCESS_KEY: 'sandbox',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_PAGER: '',
      AWS_EC2_METADATA_DISABLED: 'true',
    }
  }, 60_000)
  afterAll(async () => {
    await host?.[Symbol.asyncDispose]()
    await dir?.[Symbol.asyncDispose]()
    await project?.[Symbol.asyncDispose]()
  })

  test('sts says whose keys they are', async () => {
    expect(await json('sts', 'get-caller-identity')).toMatchObject({
      Account: '222222222222',
      Arn: expect.stringContaining(':222222222222:'),
    })
  })

  test('s3 copies, lists, syncs and removes, and the site serves it', async () => {
    const big = Buffer.alloc(9 * 1024 * 1024, 'multipart ')
    await mkdir(dir.file('up/assets'), { recursive: true })
    await writeFile(dir.file('up/hello.txt'), 'hello\n')
    await writeFile(dir.file('up/assets/ü b+c.txt'), 'names\n')
    await writeFile(dir.file('up/assets/big.bin'), big)

    await aws('s3', 'cp', 'up/hello.txt', 's3://sb-prod/cli/hello.txt', '--cache-control', 'max-age=0')
    expect(await aws('s3', 'ls', 's3://sb-prod/cli/')).toMatch(/ 6 hello\.txt\n$/)
    expect(await (await fetch(`${serving.siteUrls.production}/cli/hello.txt`)).text()).toBe('hello\n')

    expect((await aws('s3', 'sync', 'up', 's3://sb-prod/synced')).match(/^upload: /gm)).toHaveLength(3)
    expect(await aws('s3', 'sync', 'up', 's3://sb-prod/synced')).toBe('')
    await aws('s3', 'sync', 's3://sb-prod/synced', 'down')
    expect(await readFile(dir.file('down/assets/ü b+c.txt'), 'utf8')).toBe('names\n')
    expect((await readFile(dir.file('down/assets/big.bin'))).equals(big)).toBe(true)

    await aws('s3', 'rm', '--recursive', 's3://sb-prod/synced')
    expect(await json('s3api', 'list-objects-v2', '--bucket', 'sb-prod', '--prefix', 'synced/')).not.toHaveProperty(
      'Contents',
    )
    await expect(
      aws(
        's3api',
        'put-object',
        '--bucket',
        'sb-prod',
        '--key',
        'cli/hello.txt',
        '--body',
        'up/hello.txt',
        '--if-none-match',
        '*',
      ),
    ).rejects.toThrow(/PreconditionFailed|Unknown options/)
  })

  test('cloudwatch keeps what is put and answers percentiles and metric math', async () => {
    const minute = new Date(Math.floor(now / 60_000) * 60_000 - 10 * 60_000)
    // 94 samples of 100 ms and 6 of 900: 94 % are at most 100 ms, so p90 is 100 and p95 is 900.
    const data = [
      {
        MetricName: 'Load',
        Timestamp: minute.toISOString(),
        Values: [100, 900],
        Counts: [94, 6],
        Unit: 'Milliseconds',
      },
      { MetricName: 'Bad', Timestamp: minute.toISOString(), Value: 3 },
      { MetricName: 'All', Timestamp: minute.toISOString(), Value: 400 },
    ]
    await aws('cloudwatch', 'put-metric-data', '--namespace', 'Cli', '--metric-data', JSON.stringify(data))
    const stat = (Id: string, MetricName: string, Stat: string, ReturnData = true) => ({
      Id,
      ReturnData,
      MetricStat: { Metric: { Namespace: 'Cli', MetricName }, Period: 60, Stat },
    })
    const queries = [
      stat('p90', 'Load', 'p90'),
      stat('p95', 'Load', 'p95'),
      stat('n', 'Load', 'SampleCount'),
      stat('slow', 'Load', 'PR(800:)'),
      stat('bad', 'Bad', 'Sum', false),
      stat('all', 'All', 'Sum', false),
      { Id: 'ratio', Expression: '100 * bad / all', Label: 'error rate' },
    ]
    const { MetricDataResults } = await json(
      'cloudwatch',
      'get-metric-data',
      '--metric-data-queries',
      JSON.stringify(queries),
      '--start-time',
      minute.toISOString(),
      '--end-time',
      new Date(minute.getTime() + 60_000).toISOString(),
    )
    const values = Object.fromEntries(
      (MetricDataResults as readonly { readonly Id: string; readonly Values: readonly number[] }[]).map(
        ({ Id, Values }) => [Id, Values],
      ),
    )
    expect(values).toEqual({ p90: [100], p95: [900], n: [100], slow: [6], ratio: [0.75] })
  })

  test('cloudwatch shows the played traffic and the alarms of the run sheet', async () => {
    const end = Math.floor(now / 60_000) * 60_000 - 5 * 60_000
    const dimensions = [
      { Name: 'Environment', Value: 'production' },
      { Name: 'Variant', Value: 'v1' },
    ]
    const query = {
      Id: 'p95',
      MetricStat: {
        Metric: { Namespace: 'StatusBoard', MetricName: 'BoardLoadMs', Dimensions: dimensions },
        Period: 60,
        Stat: 'p95',
      },
    }
    const { MetricDataResults } = await json(
      'cloudwatch',
      'get-metric-data',
      '--metric-data-queries',
      JSON.stringify([query]),
      '--start-time',
      new Date(end - 600_000).toISOString(),
      '--end-time',
      new Date(end).toISOString(),
    )
    expect(MetricDataResults[0].Values).toHaveLength(10)
    for (const value of MetricDataResults[0].Values) expect(value).toBeLessThan(800)

    const { MetricAlarms, CompositeAlarms } = await json(
      'cloudwatch',
      'describe-alarms',
      '--alarm-types',
      'MetricAlarm',
      'CompositeAlarm',
    )
    const alarms = [...MetricAlarms, ...CompositeAlarms] as readonly {
      readonly AlarmName: string
      readonly StateValue: string
    }[]
    expect(new Map(alarms.map(({ AlarmName, StateValue }) => [AlarmName, StateValue]))).toEqual(
      new Map(['statusboard-slo', 'statusboard-5xx', 'statusboard-latency'].map((name) => [name, 'OK'])),
    )
  })

  test('cloudfront takes an invalidation once per reference', async () => {
    const invalidate = (reference: string) =>
      json(
        'cloudfront',
        'create-invalidation',
        '--distribution-id',
        'E2PRODUCTION',
        '--invalidation-batch',
        JSON.stringify({ Paths: { Quantity: 1, Items: ['/index.html'] }, CallerReference: reference }),
      )
    const first = await invalidate('cli-1')
    expect(first.Invalidation).toMatchObject({
      Status: expect.stringMatching(/^(InProgress|Completed)$/),
      Id: expect.any(String),
    })
    expect((await invalidate('cli-1')).Invalidation.Id).toBe(first.Invalidation.Id)
    expect((await invalidate('cli-2')).Invalidation.Id).not.toBe(first.Invalidation.Id)
    await expect(
      json('cloudfront', 'create-invalidation', '--distribution-id', 'ENONE', '--paths', '/*'),
    ).rejects.toThrow(/NoSuchDistribution/)
  })

  test('what is not implemented is a proper AWS error', async () => {
    await expect(aws('cloudwatch', 'put-dashboard', '--dashboard-name', 'x', '--dashboard-body', '{}')).rejects.toThrow(
      /An error occurred \(\w+\)/,
    )
    await expect(aws('s3', 'ls', 's3://nobody-made-this')).rejects.toThrow(/NoSuchBucket/)
  })
})
