import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { rejudged } from '../../src/commands/rejudge.ts'
import type { EventOf, LaunchEvent } from '../../src/core/event.ts'
import type { Retold } from '../../src/core/judge/retold.ts'
import type { Plan, PlannedGate } from '../../src/core/plan.ts'
import { readLines, recalculated, verdictOfLines } from '../support/explained.ts'
import { launchProject } from '../support/launch-project.ts'
import { journalOf } from '../support/sandbox-files.ts'
import { waive } from '../support/waive.ts'

const scenarios = ['healthy', 'error-spike@30', 'slow@30', 'outage-shared', 'no-traffic'] as const
const numpy = await promisify(execFile)('python3', ['-c', 'import numpy, scipy']).then(
  () => true,
  () => false,
)
if (!numpy)
  waive('explain is not calculated again outside of launch: the Python packages numpy and scipy are not installed')

test.each(scenarios)('every verdict of a stage is had again from the journal alone: %s', async (scenario) => {
  await using project = await launchProject()
  const ran = await project.run(['auto', '--scenario', scenario, '--yes', '--quiet'], { timeoutMs: 120_000 })
  expect([0, 4], ran.stderr).toContain(ran.exitCode)
  const { plan, events } = await launchOf(project.path)
  const looks = events.filter(
    (event): event is EventOf<'gate-judged'> => event.type === 'gate-judged' && event.stage !== null,
  )
  expect(looks.length).toBeGreaterThan(5)

  const told = looks.map((event) => ({ event, retold: retoldOf(event, plan, events) }))
  for (const { event, retold } of told) {
    const journaled = event.checks.filter(({ id }) => id in retold.verdicts)
    expect(journaled.length).toBeGreaterThanOrEqual(3)
    expect(retold.verdicts, `event ${event.n}`).toEqual(
      Object.fromEntries(journaled.map(({ id, judgement }) => [id, judgement.verdict])),
    )
    expect(retold.saying, `event ${event.n}`).toBe(event.saying)
  }

  // The newest verdict of each stage as the command prints it.
  for (const stage of new Set(looks.map((event) => event.stage))) {
    const explained = await project.run(['explain', `canary@${stage}`, '--sandbox'])
    expect(explained.exitCode, explained.stderr).toBe(0)
    const lines = readLines(explained.stdout)
    const last = told.findLast(({ event }) => event.stage === stage)
    const said = Object.values(last?.retold.verdicts ?? {})
    expect(verdictOfLines(lines), explained.stdout).toBe(folded(said))
    for (const { what, said: shown, is, within } of recalculated(lines))
      expect(Math.abs(shown - is), `${what}: ${shown} is printed, ${is} calculated`).toBeLessThanOrEqual(
        within * Math.abs(is) + 1e-12,
      )
  }

  if (!numpy) return
  const calculated = await calculateAgain(
    told.map(({ event, retold }) => ({
      event: event.n,
      journaled: retold.verdicts,
      rollout: { ...retold, plannedStages: [10, 30, 50, 100] },
    })),
  )
  expect(calculated.wrong).toEqual([])
  const verdicts = Object.values(calculated.compared).reduce((sum, count) => sum + count, 0)
  expect(verdicts).toBe(looks.length)
  // The stage before a rollback was proven, too.
  expect(calculated.bounds).toBeGreaterThan(0)
})

function folded(said: readonly string[]): string {
  return said.includes('fail') ? 'fail' : said.includes('unknown') ? 'unknown' : 'pass'
}

function retoldOf(event: EventOf<'gate-judged'>, plan: Plan, events: readonly LaunchEvent[]): Retold {
  const gates: readonly (PlannedGate | null)[] = plan.phases.flatMap(({ steps }) => steps.map(({ gate }) => gate))
  const gate = gates.find((one) => one?.id === event.gate)
  const retold = gate ? rejudged(event, gate, plan, events) : null
  if (!retold) throw new Error(`event ${event.n} was not judged as part of a rollout`)
  return retold
}

/** The journal and the stored plan of the launch, as launch itself wrote them. */
async function launchOf(project: string) {
  const events = (await journalOf(project)) as unknown as readonly LaunchEvent[] // launch's own journal, its chain checked
  const folder = join(project, '.launch/sandbox/state/v1/statusboard/production/launches')
  const [launch = ''] = await readdir(folder)
  const stored = JSON.parse(await readFile(join(folder, launch, 'plan.json'), 'utf8')) as {
    readonly plan?: Plan
  } & Plan
  return { events, plan: stored.plan ?? stored }
}

type Calculated = {
  readonly compared: { readonly [verdict: string]: number }
  readonly bounds: number
  readonly wrong: readonly unknown[]
}

async function calculateAgain(given: readonly object[]): Promise<Calculated> {
  const child = spawn('python3', [fileURLToPath(new URL('explain.py', import.meta.url))], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.end(JSON.stringify(given))
  const [out] = await Promise.all([text(child.stdout), once(child, 'close')])
  // The script's own output; a crash leaves no JSON.
  return JSON.parse(out) as Calculated
}
