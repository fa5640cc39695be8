import { cp, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { inRealMode } from '../support/real-mode.ts'
import { bucketOf, chained, flagOf, objectOf } from '../support/sandbox-files.ts'

/** A canary of one environment that an address is asked about. `maxUnattended` is far less than a driver may be silent. */
const sheet = (every: string) => `runsheet: 1
app: statusboard
state: s3://statusboard-launches/x
environments:
  production: { account: "222222222222", region: us-east-1, bucket: sb-prod, url: "https://sb.example", health: [/api/health] }
build: { run: [node, build.mjs], output: dist, immutable: [assets/**], idempotent: true }
flag: { key: status-board-v2, default: off, store: { kind: s3, path: /flags/status-board-v2.json } }
gates:
  answers: [{ kind: http, id: health, health: true }]
phases:
  - { id: rollout, run: [build, { deploy: production }, { canary: { stages: [10%, 100%], bake: 30m, every: ${every}, gate: answers, maxUnattended: 5s } }] }
`

/** A driver on one machine, and a scheduler on another: it has the run sheet, credentials, and nothing else. */
async function driverAndScheduler(project: LaunchProject) {
  const real = await inRealMode(project, { timeoutMs: 400_000 })
  const elsewhere = join(project.path, 'elsewhere')
  await mkdir(elsewhere)
  await cp(join(project.path, 'runsheet.yaml'), join(elsewhere, 'runsheet.yaml'))
  const env = { ...real.env, XDG_STATE_HOME: join(elsewhere, 'user') }
  const driver = project.start(['auto', '--yes', '--jsonl'], { env: real.env, timeoutMs: 400_000 })
  await driver.waitFor(/"type":"flag-confirmed","percent":10/, 60_000)
  return {
    driver,
    reap: (...more: readonly string[]) => project.run(['reap', ...more], { cwd: elsewhere, env }),
    [Symbol.asyncDispose]: async () => {
      await driver[Symbol.asyncDispose]()
      await real[Symbol.asyncDispose]()
    },
  }
}

async function journal(project: LaunchProject) {
  const keys = [...(await bucketOf(project.path, 'statusboard-launches')).keys()]
  const events = keys.filter((key) => key.includes('/events/')).toSorted()
  return chained(
    await Promise.all(events.map(async (key) => String(await objectOf(project.path, 'statusboard-launches', key)))),
  )
}

describe.concurrent('reap, outside the sandbox', () => {
  test('rolls back the canary of a driver that was killed, from another machine, and not before it is overdue', async () => {
    await using project = await launchProject(() => sheet('2s'))
    await using world = await driverAndScheduler(project)
    world.driver.kill('SIGKILL')
    await world.driver.done
    const killedAt = Date.now()

    const soon = await world.reap()
    expect(soon.exitCode, soon.stderr).toBe(0)
    expect(soon.stdout).toMatch(/canary of launch \w+ at 10 % was last driven at \S+ by .+ until it is unattended/)
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 10, latch: false } })
    const before = await journal(project)

    let reaped = await world.reap('--json')
    for (; reaped.exitCode === 0 && Date.now() - killedAt < 200_000; reaped = await world.reap('--json')) {
      expect(JSON.parse(reaped.stdout)).toMatchObject({ reaped: false })
      expect(await journal(project)).toHaveLength(before.length)
      await pause(5000)
    }
    expect(reaped.exitCode, reaped.stderr).toBe(4)
    // A driver that sees what it saw before says so once a minute: it is not taken for dead after the 5 s of the sheet.
    expect(Date.now() - killedAt).toBeGreaterThan(60_000)

    const reason = expect.stringMatching(/^unattended since \S+ at 10 %, last driven by /)
    expect(JSON.parse(reaped.stdout)).toMatchObject({
      command: 'reap',
      outcome: 'rolled-back',
      rollbacks: [{ kind: 'emergency', outcome: 'restored', journaled: true, reason }],
    })
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true, reason } })
    const events = await journal(project)
    expect(events.slice(before.length)).toMatchObject([
      { type: 'rollback-intended', trigger: 'unattended' },
      { type: 'rolled-back', trigger: 'unattended' },
      { type: 'launch-ended', outcome: 'rolled-back' },
    ])
    const again = await world.reap()
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('has ended: rolled-back') })
    expect(await journal(project)).toHaveLength(events.length)
  })

  test('leaves a canary alone whose driver lives, whatever is asked how often', async () => {
    await using project = await launchProject(() => sheet('20s'))
    await using world = await driverAndScheduler(project)
    for (const until = Date.now() + 50_000; Date.now() < until; await pause(5000)) {
      const ran = await world.reap()
      expect(ran.exitCode, ran.stdout + ran.stderr).toBe(0)
      expect(ran.stdout).toContain('until it is unattended')
    }
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 10, latch: false } })
    expect((await journal(project)).filter(({ type }) => type === 'rollback-intended')).toEqual([])
    world.driver.kill('SIGINT')
    expect(await world.driver.done).toMatchObject({ exitCode: 130 })
  })
})
