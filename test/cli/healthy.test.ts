import { readdir, readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { runBin, type BinResult } from '../support/run-bin.ts'
import { flagOf, journalLines, journalOf, servedRelease } from '../support/sandbox-files.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const Sheet = z.object({
  gates: z.record(
    z.string(),
    z.array(
      z.looseObject({ kind: z.string().optional(), title: z.string().optional(), roles: z.unknown().optional() }),
    ),
  ),
  phases: z.array(z.object({ id: z.string(), title: z.string(), gate: z.string().optional() })),
})
const PlanOf = z.object({ plan: z.object({ plannedMs: z.number(), window: z.object({ opensAt: z.number() }) }) })
const sheet = Sheet.parse(parse(await readFile(new URL('../../runsheet.yaml', import.meta.url), 'utf8')))

describe('auto in an empty folder, with the example that comes with launch', () => {
  let folder: TempDir
  let ran: BinResult
  beforeAll(async () => {
    await using home = await tempDir() // npm, which the example's build runs, keeps its own files there
    folder = await tempDir()
    ran = await runBin(['auto', '--sandbox'], { cwd: folder.path, timeoutMs: 60_000, env: { HOME: home.path } })
  }, 60_000)
  afterAll(() => folder[Symbol.asyncDispose]())

  test('ends with 0 at 100 %', async () => {
    expect(ran.stdout).toContain('✔ succeeded (exit 0)')
    expect(ran.exitCode).toBe(0)
    expect((await flagOf(folder.path))?.launch).toMatchObject({ percent: 100, latch: false })
  })

  test('shows every phase and every stage passing', () => {
    for (const { title } of sheet.phases) {
      expect(ran.stderr).toContain(`── ${title} ──`)
      expect(ran.stderr).toMatch(new RegExp(`✔ phase ${escape(title)}: pass after `))
    }
    for (const percent of [10, 30, 50, 100]) expect(ran.stderr).toContain(`✔ gate canary at ${percent}%: pass`)
  })

  test('shows every check with what was observed and its limit', () => {
    for (const { kind, title, roles } of Object.values(sheet.gates).flat()) {
      if (kind === undefined || title === undefined) continue
      // An approval that only asks for open blockers or issues has no number to compare.
      const compared =
        kind === 'approval' && roles === undefined ? '' : String.raw`\s+\S.*(?:[<>=]\s*\S|\(wanted [^)]+\))`
      // What is waived was not looked at: it says why instead.
      const row = `(?:✔ pass\\s+${escape(title)}${compared}|– waived\\s+${escape(title)}\\s+\\S)`
      expect(ran.stderr, `${kind} ${title}`).toMatch(new RegExp(row))
    }
  })

  test('writes nothing outside .launch, and nothing but text without escape codes', async () => {
    expect(await readdir(folder.path)).toEqual(['.launch'])
    expect(ran.stdout + ran.stderr).not.toContain('\u001b')
  })
})

describe('auto in a project', { timeout: 60_000 }, () => {
  let project: LaunchProject
  let json: BinResult
  beforeAll(async () => {
    project = await launchProject()
    json = await project.run(['auto', '--sandbox', '--json'])
  }, 60_000)
  afterAll(() => project[Symbol.asyncDispose]())

  test('--json prints one envelope of the published form, and the progress beside it', () => {
    expect(json.exitCode).toBe(0)
    const envelope = RunEnvelope.strict().parse(JSON.parse(json.stdout))
    expect(envelope).toMatchObject({ command: 'auto', sandbox: true, outcome: 'succeeded', exitCode: 0, error: null })
    expect(envelope.phases.map(({ id, verdict }) => [id, verdict])).toEqual(sheet.phases.map(({ id }) => [id, 'pass']))
    expect(json.stderr).toContain('gate canary at 100%: pass')
  })

  test('takes about as long as its plan says, the wait for the window apart', async () => {
    const plan = await project.run(['plan', '--json'])
    const { plannedMs, window } = PlanOf.parse(JSON.parse(plan.stdout)).plan
    const { phases } = RunEnvelope.parse(JSON.parse(json.stdout))
    const instants = phases.flatMap(({ startedAt, endedAt }) => [startedAt, endedAt].map((at) => Date.parse(at ?? '')))
    // Everything before the rollout is over when the window opens.
    const waited = Math.max(0, window.opensAt - (instants[2 * phases.findIndex(({ id }) => id === 'rollout')] ?? 0))
    const took = (instants.at(-1) ?? 0) - (instants[0] ?? 0) - waited
    expect(plannedMs / took).toBeGreaterThan(0.75)
    expect(plannedMs / took).toBeLessThan(1.25)
  })

  test('the report holds the numbers of this launch', async () => {
    const envelope = RunEnvelope.parse(JSON.parse(json.stdout))
    const report = await readFile(envelope.report ?? '', 'utf8')
    expect(report).toContain(`\`${envelope.launch}\``)
    expect(report).toContain(`\`${envelope.release.previous}\` → \`${envelope.release.id}\``)
    expect(report).not.toContain('not known')
    const looks = (await journalOf(project.path)).filter(
      (event) => event.type === 'gate-judged' && event['key'] === 'rollout/canary@30',
    )
    const { checks } = Look.parse(looks.at(-1))
    const p95 = checks.find(({ id }) => id === 'board-p95')?.judgement
    expect(report).toContain(
      `| ✅ pass | ${Number(p95?.observed?.toPrecision(4))}ms < 800ms | ${p95?.samples.toLocaleString('en-US')} |`,
    )
  })

  test('its stages were judged as one, by cut points that the time before it gave', async () => {
    const events = await journalOf(project.path)
    const [baseline] = events.filter((event) => event.type === 'baseline-captured')
    const metrics = z
      .record(z.string(), z.looseObject({ quantiles: z.array(z.number()).optional() }))
      .parse(baseline?.['metrics'])
    const [p50 = 0, p75 = 0, p90 = 0] = metrics['board-load']?.quantiles ?? []
    expect(p50).toBeGreaterThan(0)
    expect(p75).toBeGreaterThan(p50)
    expect(p90).toBeGreaterThan(p75)
    const last = [10, 30, 50, 100].map((percent) =>
      events.findLast((event) => event.type === 'gate-judged' && event['key'] === `rollout/canary@${percent}`),
    )
    expect(last.map((event) => event?.['saying'])).toEqual(['passed', 'passed', 'passed', 'passed'])
    // Evidence grows over the stages: the last one judges more than its own ten minutes.
    const counted = last.map((event) => {
      const why = Look.parse(event).checks.find(({ id }) => id === 'error-rate')?.judgement.why ?? ''
      return Number(/ of ([\d,]+) requests/.exec(why)?.[1]?.replaceAll(',', ''))
    })
    expect(counted[0]).toBeGreaterThan(0)
    expect(counted).toEqual(counted.toSorted((a, b) => a - b))
  })

  test('a second launch of the same commit works and finds its files in place', async () => {
    const again = await project.run(['auto', '--sandbox', '--json'])
    expect(again.exitCode).toBe(0)
    const second = RunEnvelope.parse(JSON.parse(again.stdout))
    expect(second.launch).not.toBe(RunEnvelope.parse(JSON.parse(json.stdout)).launch)
    expect(await servedRelease(project.path)).toMatchObject({ release: second.release.id, wrong: [] })
  })

  test('--jsonl prints its version and then the journal, event for event', async () => {
    const ran = await project.run(['auto', '--scenario', 'error-spike@10', '--jsonl'])
    expect(ran.exitCode).toBe(4)
    const [version, ...lines] = ran.stdout.trimEnd().split('\n')
    expect(JSON.parse(version ?? '')).toEqual({ type: 'version', schema: 1 })
    const onDisk = await journalLines(project.path)
    expect(lines.map(unescaped)).toHaveLength(onDisk.length)
    expect(lines.findIndex((line, index) => unescaped(line) !== unescaped(onDisk[index] ?? ''))).toBe(-1)
    expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'launch-ended', outcome: 'rolled-back' })
  })
})

/** A line of JSON written plainly, whatever characters the writer chose to escape. */
function unescaped(line: string): string {
  return JSON.stringify(JSON.parse(line))
}

const Look = z.object({
  checks: z.array(
    z.object({
      id: z.string(),
      judgement: z.looseObject({
        observed: z.unknown().transform((value) => (typeof value === 'number' ? value : null)),
        samples: z.number(),
        why: z.string(),
      }),
    }),
  ),
})

function escape(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}
