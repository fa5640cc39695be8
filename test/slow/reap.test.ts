import { setTimeout as pause } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { killedAfter } from '../support/killed-launch.ts'
import { launchProject } from '../support/launch-project.ts'
import { flagOf, journalOf } from '../support/sandbox-files.ts'

test(
  'a canary whose driver died is left alone for fifteen minutes, shown after that, and rolled back by reap',
  { timeout: 90_000 },
  async () => {
    await using project = await launchProject()
    expect(await project.run(['reap', '--sandbox'])).toMatchObject({ exitCode: 2 })
    await killedAfter(project, /"type":"flag-confirmed","percent":30/)

    const soon = await project.run(['reap', '--sandbox'])
    expect(soon.exitCode, soon.stderr).toBe(0)
    expect(soon.stdout).toMatch(
      /canary of launch \w+ at 30 % was last driven at \S+ by .*; 15m.* until it is unattended|14m/,
    )
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 30, latch: false } })

    await using host = project.start(['sandbox', 'serve', '--speed', '3600'])
    await host.waitFor('Ctrl-C ends it.')
    await pause(1000)
    for (const command of [['status'], ['canary', 'status']])
      expect((await project.run([...command, '--sandbox'])).stdout).toMatch(
        /UNATTENDED at 30 % since \S+: launch resume goes on, launch reap rolls back/,
      )
    const dry = await project.run(['reap', '--dry-run', '--sandbox'])
    expect(dry).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('would roll back the canary') })
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 30 } })

    const reaped = await project.run(['reap', '--json', '--sandbox'])
    expect(reaped.exitCode, reaped.stderr).toBe(4)
    const reason = expect.stringMatching(/^unattended since \S+ at 30 %, last driven by /)
    expect(JSON.parse(reaped.stdout)).toMatchObject({
      command: 'reap',
      rollbacks: [{ kind: 'emergency', outcome: 'restored', journaled: true, reason }],
    })
    expect(await flagOf(project.path)).toMatchObject({ launch: { percent: 0, latch: true, reason } })
    const events = await journalOf(project.path)
    expect(events.slice(-3)).toMatchObject([
      { type: 'rollback-intended', trigger: 'unattended' },
      { type: 'rolled-back', trigger: 'unattended' },
      { type: 'launch-ended', outcome: 'rolled-back' },
    ])

    const again = await project.run(['reap', '--sandbox'])
    expect(again).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('has ended: rolled-back') })
    expect(await journalOf(project.path)).toHaveLength(events.length)
  },
)

test(
  'a canary that was left on purpose is not reaped, and a rollback that lost its process is finished',
  { timeout: 90_000 },
  async () => {
    await using project = await launchProject()
    expect(await project.run(['auto', '--scenario', 'no-traffic', '--leave-held'])).toMatchObject({ exitCode: 8 })
    const flag = await flagOf(project.path)
    await using host = project.start(['sandbox', 'serve', '--speed', '3600'])
    await host.waitFor('Ctrl-C ends it.')
    await pause(1000)
    const left = await project.run(['reap', '--sandbox'])
    expect(left).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/was left on purpose at \S+ by .*: held at 10 %/),
    })
    expect((await project.run(['status', '--sandbox'])).stdout).toContain('left at this percent on purpose since')
    expect(await flagOf(project.path)).toEqual(flag)

    // Whoever asks drives nothing, however often; nobody carries it out, so the scheduler does.
    for (const _ of [1, 2]) {
      const aborted = await project.run(['canary', 'abort', '--reason', 'enough', '--sandbox'])
      expect(aborted.exitCode, aborted.stderr).toBe(0)
      expect(aborted.stdout).toContain('abort asked for at 10 %; nobody drives this launch')
    }
    await pause(1000)
    expect((await project.run(['status', '--sandbox'])).stdout).toMatch(/driver {7}.*, last event \d+h/)
    expect((await project.run(['canary', 'status', '--sandbox'])).stdout).toMatch(
      /UNATTENDED at 10 % since \S+, abort asked for by .*: launch resume or launch reap rolls back/,
    )
    const reaped = await project.run(['reap', '--sandbox'])
    expect(reaped.exitCode, reaped.stderr).toBe(4)
    expect(await flagOf(project.path)).toMatchObject({
      launch: {
        percent: 0,
        latch: true,
        reason: expect.stringMatching(/^abort asked for by .* and carried out by nobody$/),
      },
    })
  },
)
