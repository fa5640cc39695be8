import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { launchProject } from '../support/launch-project.ts'
import { binPath } from '../support/run-bin.ts'
import { webhooks } from '../support/webhooks.ts'

test('a job that is cancelled closes its group, journals where it stands, and the next run says nothing twice', async () => {
  await using project = await launchProject()
  // One chat is down and one never answers: that costs a line each.
  await using chat = await webhooks((path) => (path === '/technical' ? 500 : path === '/product' ? 'never' : 200))
  const channels = {
    SLACK_RELEASES: `${chat.url}/releases`,
    SLACK_PRODUCT: `${chat.url}/product`,
    SLACK_ENGINEERING: `${chat.url}/technical`,
  }
  const github = { GITHUB_ACTIONS: 'true', GITHUB_OUTPUT: join(project.path, 'outputs'), ...channels }
  // As a runner does it: the signal goes to the shell of the step alone, which is launch because of exec.
  const shell = ['bash', '--noprofile', '--norc', '-eo', 'pipefail', '-c'] as const
  const script = `exec "${process.execPath}" "${binPath}" auto --sandbox`
  const running = project.start([], { env: github, command: [...shell, script] })
  await running.waitFor('canary 10% confirmed')
  const cancelledAt = performance.now()
  running.kill('SIGINT')
  const ended = await running.done

  expect(ended.exitCode, ended.stderr).toBe(130)
  // SIGTERM would come 7.5 s after SIGINT.
  expect(performance.now() - cancelledAt).toBeLessThan(7500)
  const groups = ended.stderr.split('\n').filter((line) => /^::(?:end)?group::/.test(line))
  expect(groups.at(-1)).toBe('::endgroup::')
  expect(await readFile(join(project.path, 'outputs'), 'utf8')).toContain('outcome=stopped\nexit-code=130\n')
  const before = chat.taken('/releases')
  expect(before.at(-1)).toContain('The launch was stopped (SIGINT) with 10 % of users')

  const env = { GITLAB_CI: 'true', ...channels }
  const resumed = await project.run(['resume', '--sandbox', '--yes', '--json'], { env })

  expect(resumed.exitCode, resumed.stderr).toBe(0)
  expect(JSON.parse(resumed.stdout)).toMatchObject({ outcome: 'succeeded' })
  // oxlint-disable-next-line no-control-regex -- GitLab's section markers begin with it
  expect(resumed.stderr).toMatch(/\u001B\[0Ksection_start:\d+:launch_full\r\u001B\[0KFull production rollout\n/)
  expect(resumed.stderr).toMatch(/notify: #product \(127\.0\.0\.1:\d+\) was not told: it did not answer in time\n/)
  const told = chat.taken('/releases')
  expect(told.length).toBeGreaterThan(before.length + 2)
  expect(new Set(told).size).toBe(told.length)
  expect(told.at(-1)).toContain('Released: *')
}, 120_000)
