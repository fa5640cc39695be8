import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  account,
  awsRecorder,
  rightsAsked,
  type Answer,
  type AwsRecorder,
  type Recorded,
} from '../support/aws-recorder.ts'
import { decide, type IamRequest } from '../support/iam.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { printed, state, type Policies } from '../support/printed-policies.ts'
import type { RunningBin } from '../support/run-bin.ts'
import { flagOf } from '../support/sandbox-files.ts'

/** A sandbox in a process of its own; commands of others reach its AWS through a proxy that writes down every request. */
type Stage = AsyncDisposable & {
  readonly project: LaunchProject
  /** Runs a command and gives what it asked AWS for. */
  asked(line: readonly string[], exitCode?: number): Promise<readonly Recorded[]>
}

const production = '222222222222'

async function stage(answer?: Answer, scenario = 'healthy'): Promise<Stage> {
  const project = await launchProject()
  const host: RunningBin = project.start(['sandbox', 'serve', '--scenario', scenario, '--jsonl'], {
    timeoutMs: 300_000,
  })
  const serving = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
  const proxy: AwsRecorder = await awsRecorder(serving.apiUrl, answer)
  // Without a speed the clock jumps to the next wake-up of whoever is attached.
  await fetch(`${serving.apiUrl}/_sandbox/clock/speed`, { method: 'POST' })
  return {
    project,
    asked: async (line, exitCode = 0) => {
      const before = proxy.requests.length
      const ran = await project.run([...line, '--scenario', scenario, ...state], {
        env: { LAUNCH_SANDBOX_URL: proxy.url },
        timeoutMs: 180_000,
      })
      expect(ran.exitCode, `${line.join(' ')}\n${ran.stderr.slice(-3000)}`).toBe(exitCode)
      return proxy.requests.slice(before)
    },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
    },
  }
}

/** Requests a role would have been refused, in words. */
function refused(
  requests: readonly Recorded[],
  policies: { readonly [account: string]: Policies },
  role: string,
): readonly string[] {
  const words = requests.flatMap((recorded) => {
    const policy = policies[account(recorded.headers)]?.[role]
    if (!policy) return [`no policy for the account of ${recorded.method} ${recorded.url.pathname}`]
    return rightsAsked(recorded).flatMap((right) => {
      const decision = decide(policy, right)
      return decision === 'allowed' ? [] : [`${decision}: ${described(right)}`]
    })
  })
  return [...new Set(words)]
}

const described = ({ action, resource, context }: IamRequest) =>
  `${action} ${resource} ${Object.entries(context)
    .flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]))
    .join(' ')}`.trim()

describe('a launch from its first to its last request', () => {
  let world: Stage
  let policies: { readonly [account: string]: Policies }
  let whole: readonly Recorded[]

  beforeAll(async () => {
    world = await stage()
    policies = await printed(world.project)
    whole = await world.asked(['auto', '--quiet'])
  }, 180_000)
  afterAll(() => world[Symbol.asyncDispose]())

  test('asks nothing the role ci may not do', () => {
    expect(refused(whole, policies, 'ci')).toEqual([])
    const actions = new Set(whole.flatMap(rightsAsked).map(({ action }) => action))
    for (const action of [
      's3:PutObject',
      'cloudfront:CreateInvalidation',
      'cloudwatch:GetMetricData',
      'sts:GetCallerIdentity',
    ])
      expect(actions).toContain(action)
  })

  test('could not be driven by the roles read and emergency', () => {
    expect(refused(whole, policies, 'read')).not.toEqual([])
    expect(refused(whole, policies, 'emergency').some((line) => line.includes('index.html'))).toBe(true)
  })

  test('never sends an ACL, and deletes nothing', () => {
    const headers = whole.flatMap((recorded) => Object.keys(recorded.headers))
    expect(headers.filter((name) => /acl|x-amz-grant/.test(name))).toEqual([])
    expect(whole.filter(({ method, url }) => method === 'DELETE' || url.searchParams.has('delete'))).toEqual([])
  })

  test('asks who it is before it changes a bucket, in each account', () => {
    for (const owner of ['111111111111', production]) {
      const own = whole.filter(({ headers }) => account(headers) === owner)
      const known = own.findIndex((recorded) => rightsAsked(recorded)[0]?.action === 'sts:GetCallerIdentity')
      const site = own.findIndex(({ method, url }) => method === 'PUT' && url.pathname.startsWith('/sb-'))
      expect(known, owner).toBeGreaterThanOrEqual(0)
      expect(known, `${owner}: asked at ${known}, written at ${site}`).toBeLessThan(site)
    }
  })

  test.each([
    ['status'],
    ['explain', 'canary@30'],
    ['history'],
    ['report'],
    ['canary', 'status'],
    ['monitor', '2m'],
    ['validate', '--dry-run'],
  ])('launch %s %s needs no more than the role read', async (...line) => {
    const requests = await world.asked(line)
    expect(refused(requests, policies, 'read')).toEqual([])
  })

  test('an emergency rollback and a full one need no more than the role emergency', async () => {
    const off = await world.asked(['rollback', 'emergency', '--reason', 'a drill'])
    expect(off.some(({ method, headers }) => method === 'PUT' && headers['if-match'] === undefined)).toBe(true)
    expect(refused(off, policies, 'emergency')).toEqual([])
    const full = await world.asked(['rollback', 'full', '--reason', 'a drill', '--yes'])
    expect(full.some(({ headers }) => headers['x-amz-copy-source'] !== undefined)).toBe(true)
    expect(refused(full, policies, 'emergency')).toEqual([])
    expect(refused(await world.asked(['rollback', 'validate']), policies, 'read')).toEqual([])
  }, 60_000)
})

test('a launch that AWS holds to the role ci still turns its flag off by itself', { timeout: 120_000 }, async () => {
  let policies: { readonly [account: string]: Policies } = {}
  const enforce: Answer = (sent) => {
    const policy = policies[account(sent.headers)]?.['ci']
    const allowed = policy && rightsAsked(sent).every((right) => decide(policy, right) === 'allowed')
    return allowed
      ? null
      : {
          status: 403,
          body: '<?xml version="1.0"?><Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>',
        }
  }
  await using world = await stage(enforce, 'error-spike@30')
  policies = await printed(world.project)
  const requests = await world.asked(['auto', '--quiet'], 4)
  expect(await flagOf(world.project.path)).toMatchObject({ launch: { percent: 0, latch: true } })
  const denied = requests.filter(({ status }) => status === 403)
  // Its unconditional write is refused, once; then it replaces the version that it read.
  expect(denied.map(({ method, url }) => `${method} ${url.pathname}`)).toEqual([
    'PUT /sb-prod/flags/status-board-v2.json',
  ])
})
