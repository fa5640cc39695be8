import { expect } from 'vitest'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import type { LaunchProject } from './launch-project.ts'
import { flagOf, journalOf, servedRelease } from './sandbox-files.ts'

/** Starts `auto` in the sandbox and kills it with SIGKILL as soon as this is told in its event stream. */
export async function killedAfter(project: LaunchProject, moment: RegExp): Promise<void> {
  await using launch = project.start(['auto', '--sandbox', '--jsonl'])
  await launch.waitFor(moment, 60_000)
  launch.kill('SIGKILL')
  expect(await launch.done).toMatchObject({ exitCode: null, signal: 'SIGKILL' })
}

/** `resume` finishes the one launch there is: 0 at 100 %, right files, one unbroken journal, no percent twice or downwards. */
export async function resumes(project: LaunchProject): Promise<void> {
  const ran = await project.run(['resume', '--sandbox', '--json'])
  expect(ran.exitCode, ran.stderr.slice(-2000)).toBe(0)
  const envelope = RunEnvelope.parse(JSON.parse(ran.stdout))
  expect(envelope).toMatchObject({ command: 'resume', outcome: 'succeeded', flag: { percent: 100, latched: false } })
  expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 100, latch: false, launch: envelope.launch })
  expect(await servedRelease(project.path)).toMatchObject({ release: envelope.release.id, wrong: [] })
  const events = await journalOf(project.path)
  expect(events.filter(({ type }) => type === 'launch-opened')).toHaveLength(1)
  expect(events.at(-1)).toMatchObject({ type: 'launch-ended', outcome: 'succeeded' })
  const percents = events.filter(({ type }) => type === 'flag-set').map((event) => Number(event['percent']))
  expect(percents).toEqual(percents.toSorted((a, b) => a - b))
  expect([...new Set(percents)]).toEqual([10, 30, 50, 100])
}
