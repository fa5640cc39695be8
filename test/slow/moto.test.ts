import { CloudFrontClient, CreateDistributionCommand, ListInvalidationsCommand } from '@aws-sdk/client-cloudfront'
import { CloudWatchClient, PutMetricDataCommand, type MetricDatum } from '@aws-sdk/client-cloudwatch'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bucketSite } from '../support/bucket-site.ts'
import { countingProxy } from '../support/counting-proxy.ts'
import type { LocalServer } from '../support/local-server.ts'
import { startMoto, type Moto } from '../support/moto.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'
import { lacks } from '../support/waive.ts'

/**
 * The built binary against moto, an AWS emulator of other people: same run sheet language, real time, no sandbox. moto has no
 * percentiles, no metric math and evaluates no alarms, so the sheet judges averages, ratios and counts.
 */
const run = promisify(execFile)
const keys = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'testing' }
const flagKey = 'flags/board.json'
const before = {
  'index.html':
    '<!doctype html><title>before launch</title><script type="module" src="/assets/app-0001.js"></script>\n',
  'robots.txt': 'User-agent: *\n',
  'assets/app-0001.js': 'document.title = "before"\n',
}
const after = {
  'index.html': '<!doctype html><title>after</title><script type="module" src="/assets/app-0002.js"></script>\n',
  'robots.txt': 'User-agent: *\nDisallow: /drafts\n',
  'assets/app-0002.js': 'document.title = "after"\n',
}

describe.skipIf(await lacks('moto'))('against moto', () => {
  let moto: Moto
  let project: TempDir
  const sites: LocalServer[] = []
  let publisher: AsyncDisposable
  let s3: S3Client
  let cloudFront: CloudFrontClient
  let distribution = ''

  const env = () => ({
    AWS_ENDPOINT_URL: moto.endpoint,
    AWS_ACCESS_KEY_ID: keys.accessKeyId,
    AWS_SECRET_ACCESS_KEY: keys.secretAccessKey,
    LAUNCH_ALLOW_ENDPOINT: '1',
    DISTRIBUTION: distribution,
    STAGING_URL: sites[0]?.url,
    PRODUCTION_URL: sites[1]?.url,
  })
  const launch = (...args: readonly string[]) => runBin(args, { cwd: project.path, env: env(), timeoutMs: 200_000 })
  /** The same with a CloudFront of its own, on a bad day. */
  const launchBy = (cloudFrontUrl: string, ...args: readonly string[]) =>
    runBin(args, {
      cwd: project.path,
      env: { ...env(), AWS_ENDPOINT_URL_CLOUDFRONT: cloudFrontUrl },
      timeoutMs: 200_000,
    })
  const served = async (path: string) => (await fetch(`${sites[1]?.url}${path}`)).text()

  beforeAll(async () => {
    const started = await startMoto()
    if (!started) throw new Error('moto did not start')
    moto = started
    const client = { endpoint: moto.endpoint, region: 'us-east-1', credentials: keys }
    s3 = new S3Client({ ...client, forcePathStyle: true })
    cloudFront = new CloudFrontClient(client)
    for (const bucket of ['board-staging', 'board-prod', 'board-launches']) {
      await s3.send(new CreateBucketCommand({ Bucket: bucket }))
    }
    for (const [name, text] of Object.entries(before)) {
      const ContentType = name.endsWith('.html') ? 'text/html' : 'text/plain'
      await s3.send(
        new PutObjectCommand({ Bucket: 'board-prod', Key: name, Body: text, ContentType, CacheControl: 'max-age=2' }),
      )
    }
    distribution = await createDistribution(cloudFront)
    sites.push(await bucketSite(s3, 'board-staging'), await bucketSite(s3, 'board-prod'))
    project = await checkout()
    publisher = publish(new CloudWatchClient(client))
  }, 90_000)

  afterAll(async () => {
    await publisher?.[Symbol.asyncDispose]()
    for (const site of sites) await site[Symbol.asyncDispose]()
    await project?.[Symbol.asyncDispose]()
    await moto?.[Symbol.asyncDispose]()
  })

  test('deploys, walks a canary to 100 %, goes back to the site before the launch and proves it', async () => {
    for (const role of ['qa-lead', 'product-owner']) {
      const signed = await launch('approve', role)
      expect(signed.exitCode, signed.stderr).toBe(0)
    }
    const whole = await launch('auto', '--yes', '--json')
    expect(whole.exitCode, whole.stderr).toBe(0)
    const result = JSON.parse(whole.stdout)
    expect(result).toMatchObject({
      outcome: 'succeeded',
      sandbox: false,
      release: { previous: expect.stringMatching(/^zero-/) },
      flag: { percent: 100, latched: false },
      stages: [
        { percent: 50, verdict: 'pass' },
        { percent: 100, verdict: 'pass' },
      ],
    })
    // By the publisher below: one error in 400 requests, drawers of 100 and 140 ms, ten conflicts in ten seconds.
    expect(checksOf(result, 'rollout')).toMatchObject({
      'drawer-average': { verdict: 'pass', observed: expect.closeTo(120, 9) },
      'error-rate': { verdict: 'pass', observed: expect.closeTo(0.0025, 9) },
      conflicts: { verdict: 'pass', observed: 10 },
    })
    expect(await served('/')).toBe(after['index.html'])

    const back = await launch('rollback', 'full', '--reason', 'Critical functionality bug', '--json')
    expect(back.exitCode, back.stderr).toBe(0)
    const proof = await launch('rollback', 'validate', '--json')
    expect(proof.exitCode, `${proof.stdout}\n${proof.stderr}`).toBe(0)

    expect(await served('/')).toBe(before['index.html'])
    expect(await served('/robots.txt')).toBe(before['robots.txt'])
    const flag = await s3.send(new GetObjectCommand({ Bucket: 'board-prod', Key: flagKey }))
    expect(JSON.parse((await flag.Body?.transformToString()) ?? '')).toMatchObject({
      flags: { 'new-board': { state: 'ENABLED', defaultVariant: 'off' } },
      launch: { percent: 0, latch: true, reason: 'Critical functionality bug' },
    })
    const invalidations = await cloudFront.send(new ListInvalidationsCommand({ DistributionId: distribution }))
    expect(invalidations.InvalidationList?.Items?.length).toBeGreaterThanOrEqual(2)

    const status = await launch('status', '--json')
    expect(JSON.parse(status.stdout)).toMatchObject({
      flag: { percent: 0, latched: true },
      release: { current: result.release.previous },
    })
  }, 240_000)

  test('a rollback whose every other invalidation call fails is whole; one whose calls all fail says so', async () => {
    const restored = await served('/')
    let calls = 0
    await using bad = await countingProxy(moto.endpoint, (n) => {
      calls = n
      return n % 2 === 1 ? 'cut before' : 'pass'
    })
    const half = await launchBy(bad.url, 'rollback', 'full', '--reason', 'again', '--json')
    expect(half.exitCode, half.stderr).toBe(0)
    expect(JSON.parse(half.stdout).rollbacks).toMatchObject([{ kind: 'full', outcome: 'restored', verified: true }])
    expect(calls).toBeGreaterThan(bad.passed.length)
    await using worse = await countingProxy(moto.endpoint, () => 'cut before')
    const none = await launchBy(worse.url, 'rollback', 'full', '--reason', 'and again')
    expect(none.exitCode, none.stderr).toBe(0)
    expect(`${none.stdout}\n${none.stderr}`).toMatch(/the invalidation failed: .+/)
    expect(await served('/')).toBe(restored)
  }, 120_000)
})

type Check = { readonly id: string; readonly verdict: string; readonly observed: unknown }
type Checks = { readonly [id: string]: Check }
type Result = { readonly gates: readonly { readonly phase: string; readonly checks: readonly Check[] }[] }

/** The checks of a phase's newest gate, by their last word. */
function checksOf({ gates }: Result, phase: string): Checks {
  const last = gates.findLast((gate) => gate.phase === phase)
  return Object.fromEntries((last?.checks ?? []).map((check) => [check.id.split('/').at(-1) ?? '', check]))
}

async function createDistribution(client: CloudFrontClient): Promise<string> {
  const created = await client.send(
    new CreateDistributionCommand({
      DistributionConfig: {
        CallerReference: 'board',
        Comment: '',
        Enabled: true,
        Origins: {
          Quantity: 1,
          Items: [
            { Id: 'site', DomainName: 'board-prod.s3.amazonaws.com', S3OriginConfig: { OriginAccessIdentity: '' } },
          ],
        },
        DefaultCacheBehavior: {
          TargetOriginId: 'site',
          ViewerProtocolPolicy: 'redirect-to-https',
          ForwardedValues: { QueryString: false, Cookies: { Forward: 'none' } },
          MinTTL: 0,
        },
      },
    }),
  )
  return created.Distribution?.Id ?? ''
}

/** Publishes each second of traffic once it is over, for both environments and both versions, until disposed. */
function publish(client: CloudWatchClient): AsyncDisposable {
  let next = Math.floor(Date.now() / 1000)
  let last: Promise<unknown> = Promise.resolve()
  const publishPast = () => {
    for (; next + 1 <= Date.now() / 1000; next += 1) {
      const command = new PutMetricDataCommand({ Namespace: 'Board', MetricData: secondOfTraffic(next) })
      last = Promise.all([last, client.send(command).catch(() => {})])
    }
  }
  const timer = setInterval(publishPast, 250)
  return {
    [Symbol.asyncDispose]: async () => {
      clearInterval(timer)
      await last
      client.destroy()
    },
  }
}

/** 40 requests, ten drawers of 120 ms on average, one conflict; an error in every tenth second. */
function secondOfTraffic(second: number): MetricDatum[] {
  const versions = ['staging', 'production'].flatMap((environment) =>
    ['v2', 'v1'].map((version) => ({ environment, version })),
  )
  return versions.flatMap(({ environment, version }) => {
    const common = {
      Timestamp: new Date(second * 1000),
      StorageResolution: 1,
      Dimensions: [
        { Name: 'Environment', Value: environment },
        { Name: 'Variant', Value: version },
      ],
    }
    return [
      { MetricName: 'Requests', Value: 40, ...common },
      { MetricName: 'DrawerOpenMs', Values: [100, 140], Counts: [5, 5], ...common },
      { MetricName: 'OccConflicts', Value: 1, ...common },
      ...(second % 10 === 0 ? [{ MetricName: 'Errors', Value: 1, ...common }] : []),
    ]
  })
}

/** A checkout of a release branch with a run sheet that is quick enough for real time. */
async function checkout(): Promise<TempDir> {
  const dir = await tempDir({
    files: {
      'runsheet.yaml': sheet,
      '.gitignore': '.launch/\nsite/\n',
      'build.mjs': `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('site/assets', { recursive: true })
for (const [name, text] of Object.entries(${JSON.stringify(after)})) writeFileSync('site/' + name, text)
`,
    },
  })
  const git = (...args: readonly string[]) =>
    run(
      'git',
      ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'init.defaultBranch=release/1', ...args],
      { cwd: dir.path },
    )
  await git('init', '-q')
  await git('add', '.')
  await git('commit', '-qm', 'board')
  return dir
}

const variant = 'variant: { dimension: Variant, canary: v2, control: v1 }, resolution: 10s, lag: 2s'
const sheet = `runsheet: 1
app: board
captain: Test
state: s3://board-launches/state
environments:
  staging: { account: "123456789012", region: us-east-1, bucket: board-staging, url: "\${env:STAGING_URL}", health: [/api/health] }
  production: { account: "123456789012", region: us-east-1, bucket: board-prod, distribution: "\${env:DISTRIBUTION}", url: "\${env:PRODUCTION_URL}", health: [/api/health, /] }
build: { run: [node, build.mjs], output: site, immutable: [assets/**], idempotent: true }
flag: { key: new-board, store: { kind: s3, path: /${flagKey}, ttl: 1s } }
metrics:
  drawer-open: { namespace: Board, name: DrawerOpenMs, dimensions: { Environment: "\${environment}" }, ${variant} }
  requests: { namespace: Board, name: Requests, dimensions: { Environment: "\${environment}" }, ${variant} }
  errors: { namespace: Board, name: Errors, dimensions: { Environment: "\${environment}" }, ${variant}, sparse: true }
  occ-conflicts: { namespace: Board, name: OccConflicts, dimensions: { Environment: "\${environment}" }, ${variant} }
gates:
  slo:
    - { kind: average, id: drawer-average, metric: drawer-open, below: 200ms, floor: 50 }
    - { kind: ratio, id: error-rate, bad: errors, of: requests, below: 1%, floor: 300 }
  preconditions:
    - { kind: git, branches: [release/*] }
    - { kind: http, health: true }
    - { kind: flag, default: off }
    - { kind: data, metrics: [requests], within: 1m }
  preflight:
    - { kind: http, health: true, expect: 200 }
    - { kind: credentials }
    - { kind: artifact }
    - { kind: approval, roles: [qa-lead, product-owner] }
  canary:
    - { use: slo }
    - { kind: count, id: conflicts, metric: occ-conflicts, per: 10s, below: 30 }
  full-rollout:
    - { kind: flag, percent: 100% }
    - { kind: steady, traffic: requests, window: 20s, slos: slo }
phases:
  - { id: preconditions, gate: preconditions, every: 2s, patience: 1m }
  - { id: staging, run: [build, { deploy: staging }, { smoke: staging }] }
  - { id: preflight, run: [validate], gate: preflight, every: 2s }
  - id: rollout
    run:
      - deploy: production
      - canary: { stages: [50%, 100%], bake: 20s, every: 2s, extendUpTo: 4x, gate: canary, judge: threshold, maxUnattended: 5s } # moto counts no samples above a cut point
  - { id: full, run: [{ monitor: 10s }], gate: full-rollout, every: 2s, patience: 1m }
  - { id: closeout, run: [report] }
approvals:
  - { role: qa-lead, statement: All test scenarios passed }
  - { role: product-owner, statement: Ready for users }
`
