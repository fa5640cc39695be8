import { expect, test } from 'vitest'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { answeringProxy, expired, type ProxiedRequest } from '../support/answering-proxy.ts'
import { launchProject } from '../support/launch-project.ts'
import { flagOf, journalOf } from '../support/sandbox-files.ts'

const isMetrics = ({ headers }: ProxiedRequest) => headers['x-amz-target'] !== undefined
/** Reads and writes of buckets; not the sandbox's own controls, nor what the CDN fetches. */
const isS3 = ({ url, headers }: ProxiedRequest) =>
  !url.startsWith('/_sandbox') && String(headers.authorization).includes('/s3/')

/** A world behind a proxy whose answers expire once the journal tells of this event. */
async function stage() {
  const project = await launchProject()
  const host = project.start(['sandbox', 'serve', '--jsonl'], { timeoutMs: 180_000 })
  const serving = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
  const proxy = await answeringProxy(serving.apiUrl)
  // Without a speed the clock jumps to the next wake-up of whoever is attached.
  await fetch(`${serving.apiUrl}/_sandbox/clock/speed`, { method: 'POST' })
  return {
    project,
    proxy,
    env: { LAUNCH_SANDBOX_URL: proxy.url },
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
    },
  }
}

const at10 = /"type":"flag-confirmed","percent":10/
const seen = /"type":"gate-judged".*"stage":10/

test(
  'metrics whose credentials expired and came back cost a canary time, nothing else',
  { timeout: 180_000 },
  async () => {
    await using world = await stage()
    const { project, proxy, env } = world
    await using launch = project.start(['auto', '--sandbox', '--jsonl'], { env, timeoutMs: 120_000 })
    await launch.waitFor(at10, 60_000)
    let left = 12
    proxy.answer((request) => (isMetrics(request) && (left -= 1) >= 0 ? expired(request) : null))
    const ended = await launch.done
    expect(ended.exitCode, ended.stderr.slice(-2000)).toBe(0)
    expect(left).toBeLessThan(0)
    const judged = (await journalOf(project.path)).filter(({ type }) => type === 'gate-judged')
    expect(JSON.stringify(judged)).toContain('ExpiredToken')
  },
)

test('metrics that stay away hold the canary, and nobody deciding rolls it back', { timeout: 180_000 }, async () => {
  await using world = await stage()
  const { project, proxy, env } = world
  await using launch = project.start(['auto', '--sandbox', '--jsonl'], { env, timeoutMs: 120_000 })
  await launch.waitFor(at10, 60_000)
  proxy.answer((request) => (isMetrics(request) ? expired(request) : null))
  const ended = await launch.done
  expect(ended.exitCode, ended.stderr.slice(-2000)).toBe(4)
  const raised = (await journalOf(project.path)).filter(({ type }) => type === 'flag-set')
  expect(raised.map((event) => event['percent'])).toEqual([10])
  expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true } })
})

test(
  'with every credential expired it tries to roll back, says that a human is needed, and fresh ones do it',
  { timeout: 180_000 },
  async () => {
    await using world = await stage()
    const { project, proxy, env } = world
    await using launch = project.start(['auto', '--sandbox', '--jsonl'], { env, timeoutMs: 120_000 })
    await launch.waitFor(seen, 60_000)
    proxy.answer((request) => (isMetrics(request) || isS3(request) ? expired(request) : null))
    const ended = await launch.done
    expect(ended.exitCode, ended.stderr.slice(-2000)).toBe(5)
    expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'rollback-intended', trigger: 'unattended' })
    const flag = await flagOf(project.path)
    expect(flag).toMatchObject({ launch: { latch: false } })
    expect(flag?.launch.percent).toBeGreaterThan(0)

    proxy.answer(() => null)
    const rollback = await project.run(['rollback', 'emergency', '--reason', 'blind', '--json', '--sandbox'], { env })
    expect(rollback.exitCode, rollback.stderr).toBe(0)
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true, reason: 'blind' } })
    const resumed = await project.run(['resume', '--yes', '--json', '--sandbox'], { env })
    expect(RunEnvelope.parse(JSON.parse(resumed.stdout))).toMatchObject({ outcome: 'rolled-back', exitCode: 4 })
  },
)

test('told to leave it, it leaves the canary as it is', { timeout: 180_000 }, async () => {
  await using world = await stage()
  const { project, proxy, env } = world
  await using launch = project.start(['auto', '--sandbox', '--jsonl', '--leave-held'], { env, timeoutMs: 120_000 })
  await launch.waitFor(seen, 60_000)
  proxy.answer((request) => (isMetrics(request) || isS3(request) ? expired(request) : null))
  const ended = await launch.done
  expect(ended.exitCode, ended.stderr.slice(-2000)).toBe(8)
  expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'left-held' })
})
