import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { metricProxy, type MetricProxy, type RecordedQuery } from '../support/metric-proxy.ts'
import type { RunningBin } from '../support/run-bin.ts'
import { journalOf } from '../support/sandbox-files.ts'
import { lacks } from '../support/waive.ts'

/** A sandbox served by one process, launches of others attached to it through a proxy that hears every metric reply. */
type Stage = AsyncDisposable & {
  readonly project: LaunchProject
  readonly proxy: MetricProxy
  readonly env: { readonly LAUNCH_SANDBOX_URL: string }
  control(method: string, path: string): Promise<unknown>
}

async function stage(scenario = 'healthy'): Promise<Stage> {
  const project = await launchProject()
  const host: RunningBin = project.start(['sandbox', 'serve', '--scenario', scenario, '--jsonl'], {
    timeoutMs: 600_000,
  })
  const serving = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
  const proxy = await metricProxy(serving.apiUrl)
  const control = async (method: string, path: string): Promise<unknown> =>
    (await fetch(`${serving.apiUrl}/_sandbox/${path}`, { method })).json()
  // Without a speed the clock jumps to the next wake-up of whoever is attached.
  await control('POST', 'clock/speed')
  return {
    project,
    proxy,
    env: { LAUNCH_SANDBOX_URL: proxy.url },
    control,
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]()
      await host[Symbol.asyncDispose]()
      await project[Symbol.asyncDispose]()
    },
  }
}

describe.skipIf(await lacks('python'))('recomputed from the recorded replies', () => {
  test.each(['healthy', 'outage-shared'])('every number of a launch in the scenario %s is right', async (scenario) => {
    await using world = await stage(scenario)
    const { project, proxy, env } = world
    const launched = await project.run(['auto', '--scenario', scenario, '--json'], { env, timeoutMs: 180_000 })
    expect(launched.exitCode, launched.stderr).toBe(0)

    const sheet: unknown = parse(await readFile(`${project.path}/runsheet.yaml`, 'utf8'))
    const events = await journalOf(project.path)
    const { compared, wrong } = await recompute({ sheet, exchanges: proxy.exchanges, events })

    expect(wrong).toEqual([])
    const { percentile, average, ratio, count, spike, steady, baseline } = compared
    for (const kind of [percentile, average, ratio, count, spike]) expect(kind).toBeGreaterThanOrEqual(20)
    expect(steady).toBeGreaterThanOrEqual(3)
    expect(baseline).toBeGreaterThanOrEqual(3)

    const other = await project.run(['auto', '--scenario', 'no-traffic', '--json'], { env })
    expect(other.exitCode, 'the host plays another scenario').toBe(2)
    expect(JSON.parse(other.stdout).error.message).toContain(`plays ${scenario}`)
  })
})

/** Metrics of the run sheet by their CloudWatch names, and the checks of its canary gate that rest on each. */
const restsOn: { readonly [metric: string]: readonly string[] } = {
  BoardLoadMs: ['board-p95'],
  DrawerOpenMs: ['drawer-average'],
  Errors: ['error-rate'],
  OccConflicts: ['conflicts', 'conflict-spike'],
  // Also the heartbeat that vouches for the zeros of the two before.
  Requests: ['error-rate', 'conflict-spike'],
}

describe('one reply that is missing', () => {
  let world: Stage
  const look = async () => {
    const ran = await world.project.run(['monitor', '6m', '--gate', 'canary', '--sandbox', '--json'], {
      env: world.env,
    })
    const { verdict, checks } = JSON.parse(ran.stdout)
    return { exitCode: ran.exitCode, verdict, checks: byId(checks), stderr: ran.stderr }
  }

  // A launch whose driver died in the middle of the canary: both versions serve, and the time before is known.
  beforeAll(async () => {
    world = await stage()
    await using driver = world.project.start(['auto', '--sandbox', '--quiet'], { env: world.env, timeoutMs: 120_000 })
    // Answers when the clock is there and the driver asleep; the first test sees whether it was.
    await world.control('POST', 'clock/hold?at=%2B75m')
    driver.kill('SIGKILL')
    await driver.done
    await world.control('DELETE', 'clock/hold')
  }, 120_000)
  afterAll(() => world[Symbol.asyncDispose]())

  test('makes every check that rests on it unknown, and no other', async () => {
    const before = world.proxy.exchanges.length
    const whole = await look()
    expect(whole, whole.stderr).toMatchObject({ exitCode: 0, verdict: 'pass' })
    const asked = new Map(
      world.proxy.exchanges
        .slice(before)
        .flatMap(({ question }) => question.MetricDataQueries)
        .map((query) => [nameOf(query), query]),
    )
    // A window's length is part of its question; which one is asked last does not matter.
    const targets = [...asked.keys()].filter((name) =>
      asked.get(name)?.MetricStat.Metric.Dimensions.some(({ Value }) => Value === 'production'),
    )
    expect(targets.length).toBeGreaterThanOrEqual(20)

    for (const target of targets) {
      const metric = asked.get(target)?.MetricStat.Metric.MetricName ?? ''
      const resting = restsOn[metric]
      if (!resting) continue
      world.proxy.drop((query) => nameOf(query) === target)
      const { verdict, checks, exitCode, stderr } = await look()
      world.proxy.drop(null)
      const message = `without ${target}\n${stderr}`
      expect(verdict, message).toBe('unknown')
      expect(exitCode, message).not.toBe(1)
      for (const [id, found] of Object.entries(checks)) {
        const mayRest =
          resting.includes(id) || (metric === 'Requests' && target.includes('SampleCount') && id === 'conflicts')
        expect(found, `${id} ${message}`).toBe(mayRest ? 'unknown' : 'pass')
      }
    }
  }, 400_000)
})

/** `BoardLoadMs v2 p95`. */
function nameOf({ MetricStat }: RecordedQuery): string {
  const { Metric, Stat } = MetricStat
  const variant = Metric.Dimensions.find(({ Name }) => Name === 'Variant')?.Value ?? ''
  return `${Metric.MetricName} ${variant} ${Stat}`
}

function byId(checks: readonly { readonly id: string; readonly verdict: string }[]): { readonly [id: string]: string } {
  return Object.fromEntries(checks.map(({ id, verdict }) => [id.split('/').at(-1) ?? '', verdict]))
}

type Recomputed = { readonly compared: { readonly [kind: string]: number }; readonly wrong: readonly unknown[] }

async function recompute(given: object): Promise<Recomputed> {
  const script = fileURLToPath(new URL('recompute.py', import.meta.url))
  const child = spawn('python3', [script], { stdio: ['pipe', 'pipe', 'inherit'] })
  child.stdin.end(JSON.stringify(given))
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')])
  // The script's own output; a crash leaves no JSON.
  return JSON.parse(out) as Recomputed
}
