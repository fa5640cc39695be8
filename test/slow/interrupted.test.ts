import { expect, test } from 'vitest'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { launchProject } from '../support/launch-project.ts'
import { holdClock } from '../support/sandbox-clock.ts'
import { flagOf, journalOf, servedRelease } from '../support/sandbox-files.ts'
import { killedAfter, resumes } from '../support/killed-launch.ts'

test('a launch killed with the flag about to be raised is finished by resume', { timeout: 60_000 }, async () => {
  await using project = await launchProject()
  await killedAfter(project, /"type":"flag-intended".*"percent":30/)
  await resumes(project)
})

test(
  'Ctrl-C ends with 130, says where production stands and how to go on, and resume goes on',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await using launch = project.start(['auto', '--sandbox', '--json'])
    const clock = await holdClock(project.path, '61m')
    await clock.reached()
    launch.kill('SIGINT')
    const ran = await launch.done
    expect(ran.exitCode).toBe(130)
    expect(RunEnvelope.parse(JSON.parse(ran.stdout))).toMatchObject({
      outcome: 'stopped',
      exitCode: 130,
      flag: { percent: 30, latched: false },
    })
    expect(ran.stderr).toContain('stopped by SIGINT')
    expect(ran.stderr).toMatch(/30 ?%/)
    expect(ran.stderr).toContain('launch resume --sandbox')
    expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 30, latch: false })
    expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'paused', signal: 'SIGINT' })
    await resumes(project)
  },
)

test(
  'SIGTERM ends with 143 and leaves what can be resumed, which a fresh launch does not throw away',
  { timeout: 60_000 },
  async () => {
    await using project = await launchProject()
    await using launch = project.start(['auto', '--sandbox'])
    const clock = await holdClock(project.path, '20m') // before the window opens: nothing users see has changed
    await clock.reached()
    launch.kill('SIGTERM')
    const ran = await launch.done
    expect(ran.exitCode).toBe(143)
    expect(ran.stderr).toContain('stopped by SIGTERM')
    expect(await flagOf(project.path)).toBeNull()
    expect(await servedRelease(project.path)).toBeNull()

    // A fresh launch would make this one impossible to resume.
    const over = await project.run(['auto', '--sandbox', '--json'])
    expect(over.exitCode).toBe(7)
    expect(JSON.parse(over.stdout)).toMatchObject({
      error: { code: 'UNFINISHED', hint: expect.stringContaining('launch resume --sandbox') },
    })
  },
)
