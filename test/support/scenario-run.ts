import { readFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { expect } from 'vitest'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { launchProject } from './launch-project.ts'
import { flagOf, journalOf, servedRelease, type JournalEvent } from './sandbox-files.ts'

/** What DESIGN promises of one scenario. */
export type Promised = {
  readonly scenario: string
  readonly exit: 0 | 3 | 4 | 8
  /** The checks of which one is named as what failed; empty: no check is. */
  readonly failing?: readonly string[]
  /** The stage production must not get past. */
  readonly atMost?: number
  readonly args?: readonly string[]
}

/**
 * Plays one world and compares the exit code, the flag document, the files in production's bucket, the journal and the
 * report with what was promised and with each other.
 */
export async function playScenario(promised: Promised, seed: number): Promise<void> {
  const { scenario, exit, args = [] } = promised
  await using project = await launchProject()
  const ran = await project.run(['auto', '--scenario', scenario, '--seed', String(seed), '--json', ...args])
  const where = `${scenario}, seed ${seed}: ${ran.stderr.slice(-800)}`
  expect(ran.exitCode, where).toBe(exit)
  const envelope = RunEnvelope.parse(JSON.parse(ran.stdout))
  expect(envelope.exitCode).toBe(exit)
  const [events, flag, served] = await Promise.all([
    journalOf(project.path),
    flagOf(project.path),
    servedRelease(project.path),
  ])
  expect(served?.wrong ?? [], where).toEqual([])
  expect(envelope.flag.percent, where).toBe(flag?.launch.percent ?? 0)
  expect(envelope.flag.latched, where).toBe(flag?.launch.latch ?? false)
  const seen = { promised, envelope, events, flag, release: served?.release ?? null, where }
  if (exit === 0) promoted(seen)
  else if (exit === 8 || exit === 3) held(seen)
  else await rolledBack(seen, project.path)
}

type Seen = {
  readonly promised: Promised
  readonly envelope: RunEnvelope
  readonly events: readonly JournalEvent[]
  readonly flag: Awaited<ReturnType<typeof flagOf>>
  readonly release: string | null
  readonly where: string
}

function promoted({ envelope, events, flag, release, where }: Seen): void {
  expect(flag?.launch, where).toMatchObject({ percent: 100, latch: false })
  expect(release, where).toBe(envelope.release.id)
  expect(events.at(-1), where).toMatchObject({ type: 'launch-ended', outcome: 'succeeded' })
  expect(envelope.rollbacks, where).toEqual([])
  expect(envelope.stages.map(({ percent, verdict }) => ({ percent, verdict }))).toEqual(
    [10, 30, 50, 100].map((percent) => ({ percent, verdict: 'pass' })),
  )
}

function held({ promised, envelope, events, flag, release, where }: Seen): void {
  expect(
    events.some(({ type }) => type === 'launch-ended' || type === 'rolled-back'),
    where,
  ).toBe(false)
  const raised = events.filter(({ type }) => type === 'flag-set').map((event) => event['percent'])
  expect(flag?.launch.percent ?? 0, where).toBe(raised.at(-1) ?? 0)
  if (promised.atMost === 0) {
    expect(flag, where).toBeNull()
    expect(release, where).toBeNull()
  } else {
    expect(flag?.launch, where).toMatchObject({ percent: promised.atMost, latch: false })
    expect(release, where).toBe(envelope.release.id)
  }
}

async function rolledBack({ promised, envelope, events, flag, release, where }: Seen, project: string): Promise<void> {
  const { atMost, failing = [] } = promised
  const [rollback] = envelope.rollbacks
  if (!rollback) throw new Error(`no rollback in the envelope: ${where}`)
  expect(rollback, where).toMatchObject({ outcome: 'restored', verified: true, journaled: true })
  const raised = events.filter(({ type }) => type === 'flag-set').map((event) => Number(event['percent']))
  expect(Math.max(0, ...raised), where).toBeLessThanOrEqual(atMost ?? 100)
  // The document is public and small: it has the beginning of a long reason, the journal has all of it.
  expect(flag?.launch, where).toMatchObject({ percent: 0, latch: true, reason: rollback.reason.slice(0, 300) })
  // Nobody gets the new version whatever the salt says: nothing is targeted.
  expect(Object.values(flag?.flags ?? {}).map(({ defaultVariant, targeting }) => [defaultVariant, targeting])).toEqual([
    ['off', undefined],
  ])
  if (rollback.kind === 'full') expect(release, where).toMatch(/^zero-/)
  else expect(release, where).toBe(envelope.release.id)
  expect(events.map(({ type }) => type).slice(-2), where).toEqual(['rolled-back', 'launch-ended'])
  expect(events.at(-1), where).toMatchObject({ outcome: 'rolled-back' })
  if (failing.length > 0)
    expect(
      failing.some((name) => rollback.reason.includes(name)),
      `${rollback.reason}; ${where}`,
    ).toBe(true)
  await reported(envelope, project)
}

/** The report says what failed, with which value, at which stage, and how long it took to be rid of it. */
async function reported({ report, rollbacks: [rollback], stages }: RunEnvelope, project: string): Promise<void> {
  if (report === null || !rollback) throw new Error('no report')
  const markdown = await readFile(isAbsolute(report) ? report : join(project, report), 'utf8')
  const plain = markdown.replaceAll('\\', '').replaceAll('&lt;', '<').replaceAll('&gt;', '>')
  expect(plain).toContain(rollback.reason)
  expect(plain).toMatch(/Rollbacks: 1/)
  expect(plain).toMatch(/ROLLED.BACK/i)
  expect(plain).toMatch(/Acknowledged in [\d.]+m?s, read back in [\d.]+m?s, at the edge in [\d.]+m?s; verified\./)
  expect(plain).toContain('| Production deploy and canary rollout | ❌ fail |')
  if (stages.length > 0) expect(plain).toContain(`with ${stages.at(-1)?.percent}% of users on the new version`)
}
