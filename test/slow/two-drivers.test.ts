import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { holdClock } from '../support/sandbox-clock.ts'
import { flagOf, journalOf, servedRelease } from '../support/sandbox-files.ts'

test('two processes that drive one launch bring it to one end', async () => {
  await using project = await launchProject()
  await using first = project.start(['auto', '--sandbox', '--quiet'], { timeoutMs: 120_000 })
  const clock = await holdClock(project.path, '61m')
  await clock.reached()
  await using second = project.start(['resume', '--sandbox', '--jsonl'], { timeoutMs: 120_000 })
  await second.waitFor('"type":"version"')
  await clock.release()
  const ends = await Promise.all([first.done, second.done])
  for (const { exitCode, stderr } of ends) expect([0, 7], stderr.slice(-1500)).toContain(exitCode)
  expect(ends.map(({ exitCode }) => exitCode)).toContain(0)

  expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 100, latch: false })
  expect(await servedRelease(project.path)).toMatchObject({ wrong: [] })
  const events = await journalOf(project.path)
  const of = (type: string) => events.filter((event) => event.type === type)
  expect(of('launch-ended')).toHaveLength(1)
  expect(of('flag-set').map((event) => event['percent'])).toEqual([10, 30, 50, 100])
  expect(of('stage-left').map((event) => event['percent'])).toEqual([10, 30, 50, 100])
})

test('a process that hosts the sandbox may be killed: the other one finishes the launch', async () => {
  await using project = await launchProject()
  await using host = project.start(['auto', '--sandbox', '--quiet'])
  const clock = await holdClock(project.path, '61m')
  await clock.reached()
  await using other = project.start(['resume', '--sandbox', '--jsonl'], { timeoutMs: 120_000 })
  await other.waitFor('"type":"version"')
  host.kill('SIGKILL')
  const ended = await other.done
  expect(ended.exitCode, ended.stderr.slice(-1500)).toBe(0)
  expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 100, latch: false })
  expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'launch-ended', outcome: 'succeeded' })
})
