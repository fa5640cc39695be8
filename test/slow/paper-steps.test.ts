import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { flagOf, journalOf, servedRelease } from '../support/sandbox-files.ts'

const env = { LAUNCH_SANDBOX: '1' }
const roles = ['product-owner', 'engineering-lead', 'qa-lead', 'sre-lead', 'support-lead']

test('the steps of the paper run sheet, each in a shell of its own, are one launch', { timeout: 90_000 }, async () => {
  await using project = await launchProject()
  const step = async (...args: readonly string[]) => {
    const ran = await project.run(args, { env })
    expect(ran.exitCode, `launch ${args.join(' ')}\n${ran.stdout}\n${ran.stderr}`).toBe(0)
    return ran
  }

  // The first command of all makes the sandbox.
  expect((await step('deploy', '--env', 'staging')).stderr).toMatch(/deploy to staging: r-[0-9a-f]{12}: 4 uploaded/)
  const staged = await servedRelease(project.path, 'sb-staging')
  expect(staged).toMatchObject({ wrong: [] })
  expect((await step('validate', '--env', 'staging')).stderr).toMatch(/✔ gate staging-ready: pass/)
  expect((await step('uat', 'status')).stdout).toContain('0 of 5 required sign-offs')
  for (const role of roles) expect((await step('approve', role)).stdout).toContain(`✔ ${role} signed by `)
  expect((await step('uat', 'status')).stdout).toContain('5 of 5 required sign-offs')
  expect((await step('go')).stdout).toContain('✔ go by ')
  expect((await step('validate')).stderr).toMatch(/✔ gate preflight: pass/)
  await step('build')
  expect(await flagOf(project.path)).toBeNull()
  await step('deploy')
  expect(await servedRelease(project.path)).toMatchObject({ release: staged?.release, wrong: [] })

  await using canary = project.start(['canary', 'start'], { env })
  await canary.waitFor('canary 10% confirmed at the edge')
  await using watching = project.start(['canary', 'watch'], { env })
  expect((await step('canary', 'status')).stdout).toMatch(/^flag status-board-v2 \d+% serial \d+ not latched/)
  expect((await canary.done).exitCode).toBe(0)
  expect(await watching.done).toMatchObject({ exitCode: 0 })
  expect(watching.stderr() + watching.stdout()).toContain('canary 100% confirmed at the edge')
  expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 100, latch: false })

  // Not enough of a quarter of an hour of traffic for its longest check, but nothing failed.
  expect((await step('monitor', '300')).stdout).toContain('5m of settled evidence, nothing failed')
  expect((await step('status')).stdout).toContain('flag status-board-v2 100%')
  const report = await step('report')
  expect(report.stdout).toContain('Production Launch Report')
  expect(report.stdout).toContain('**Final Go/No-Go Decision:** GO by ')

  const events = await journalOf(project.path)
  expect(events.filter(({ type }) => type === 'approved').map((event) => event['role'])).toEqual(roles)
  expect(events.filter(({ type }) => type === 'flag-set').map((event) => event['percent'])).toEqual([10, 30, 50, 100])
  expect(events.filter(({ type }) => type === 'launch-opened')).toHaveLength(1)
})

test(
  'a command that changes production waits for what has not been signed, then says so',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await project.run(['build'], { env })
    const ran = await project.run(['deploy', '--json'], { env })
    expect(ran.exitCode).toBe(8)
    expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'held', exitCode: 8 })
    expect(ran.stderr).toContain('not signed by qa-lead')
    expect(await servedRelease(project.path)).toBeNull()
    expect(await flagOf(project.path)).toBeNull()
  },
)
