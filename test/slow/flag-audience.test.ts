import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'

// @openfeature/flagd-core 4.0.1 has user-8 on at 10 % of this flag, and user-0 only at 50 %.
const audience = 'default: off, holdback: 2%, include: [user-0, ada], exclude: [user-8],'

test.each(['error-spike', 'slow', 'conflict-storm'])(
  '%s@100 is found at the last stage although some users are held back from it: everybody else loses the new version',
  async (name) => {
    await using project = await launchProject((sheet) => sheet.replace('default: off,', 'default: off, holdback: 2%,'))
    const ran = await project.run(['auto', '--scenario', `${name}@100`, '--quiet', '--json'])

    expect(ran.exitCode, ran.stderr).toBe(4)
    const { outcome, flag, stages } = JSON.parse(ran.stdout)
    expect({ outcome, flag }).toMatchObject({ outcome: 'rolled-back', flag: { percent: 0, latched: true } })
    expect(stages.map(({ percent, verdict }: { percent: number; verdict: string }) => [percent, verdict])).toEqual([
      [10, 'pass'],
      [30, 'pass'],
      [50, 'pass'],
      [100, 'fail'],
    ])
  },
  120_000,
)

test('a launch with a holdback ends at 100 % with a control left, and a rollback takes the new version from everybody', async () => {
  await using project = await launchProject((sheet) => sheet.replace('default: off,', audience))
  const run = (...args: readonly string[]) => project.run([...args, '--sandbox'])
  const probed = async (user: string) => (await run('flag', 'probe', '--user', user)).stdout.trim()

  const dealt = await run('flag', 'simulate', '--users', '20000', '--json')
  const launched = await run('auto', '--quiet')
  const shown = await run('flag', 'show')
  const status = await run('status')
  const users = [await probed('user-0'), await probed('user-8')]
  const report = await run('report', '--format', 'md', '-o', `${project.path}/report.md`)
  const text = await readFile(`${project.path}/report.md`, 'utf8')
  const explained = await run('explain', 'canary@100')
  const back = await run('rollback', 'emergency', '--reason', 'included too')
  const after = await probed('user-0')

  expect(dealt.exitCode, dealt.stderr).toBe(0)
  const { stages, named } = JSON.parse(dealt.stdout)
  expect(stages.at(-1)).toMatchObject({ percent: 100, lost: 0, within: true })
  expect(stages.at(-1).on).toBeLessThan(20_000 * 0.985)
  expect(named).toEqual({ 'user-0': 0.01, ada: 0.01, 'user-8': null })
  expect(launched.exitCode, launched.stderr).toBe(0)
  const flag = /^flag status-board-v2 100% \(2% held back, 2 included, 1 excluded\) serial \d+ not latched$/m
  expect(shown.stdout).toMatch(flag)
  expect(shown.stdout).toMatch(/^included {2}2: user-0, ada$/m)
  expect(shown.stdout).toMatch(/^excluded {2}1: user-8$/m)
  expect(shown.stdout).toMatch(/^held back 2% of users at 100%$/m)
  expect(status.stdout).toMatch(flag)
  expect(users).toEqual([
    expect.stringContaining(
      'gets the new version: the flag is at 100 %, and this user is included from the first stage on',
    ),
    expect.stringContaining('gets the old version: the flag is at 100 %, and this user is excluded'),
  ])
  expect(report.exitCode, report.stderr).toBe(0)
  expect(text).toContain('100% (2% held back, 2 included, 1 excluded)')
  expect(explained.stdout, explained.stderr).toMatch(/control|old version/i)
  expect(back.exitCode, back.stderr).toBe(0)
  expect(after).toContain('gets the old version: the flag is latched off')
}, 120_000)
