import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { webhooks, type Webhooks } from '../support/webhooks.ts'

let project: LaunchProject
beforeAll(async () => {
  project = await launchProject(
    (sheet) =>
      `${sheet.replace(/^notify:.*\n {2}page:.*\n/m, '')}\nnotify: { page: { kind: pagerduty, key: "\${env:ONCALL}", url: "http://127.0.0.1:9/never" }, dashboard: "https://board.example/{launch}" }\n`,
  )
})
afterAll(() => project[Symbol.asyncDispose]())

const addresses = ({ url }: Webhooks) => ({
  SLACK_RELEASES: `${url}/releases`,
  SLACK_PRODUCT: `${url}/product`,
  SLACK_ALERTS: `${url}/alerts`,
  // Real ones are not posted to by the sandbox, and neither is what they are.
  SLACK_ENGINEERING: 'https://hooks.slack.com/services/T000/B000/canaryslackhook',
})

test('a webhook that fails twice is retried, delivered once, and leaves the exit code alone', async () => {
  await using chat = await webhooks((path, n) => (path === '/alerts' && n <= 2 ? 503 : 200))
  const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--json'], { env: addresses(chat) })

  expect(ran.exitCode, ran.stderr).toBe(4)
  expect(ran.stderr).not.toContain('notify:')
  expect(chat.posted.filter(({ path }) => path === '/alerts').map(({ status }) => status)).toEqual([503, 503, 200])
  const { launch }: { readonly launch: string } = JSON.parse(ran.stdout)
  const [told] = chat.taken('/alerts')
  expect(told).toContain('Sandbox, scenario error-spike')
  expect(told).toContain(`<https://board.example/${launch}|dashboard>`)
  expect(`${ran.stdout}${ran.stderr}${JSON.stringify(chat.posted)}`).not.toContain('canaryslackhook')
}, 60_000)

test('what users report in the middle of a launch is told by the command that notes it', async () => {
  await using chat = await webhooks()
  const env = { ...addresses(chat), SLACK_ENGINEERING: `${chat.url}/technical` }
  await project.run(['issue', 'board blank for <!channel> 12', '--severity', 'P1', '--sandbox'], { env })
  await project.run(['issue', 'tooltip cut off', '--severity', 'P3', '--sandbox'], { env })

  const reports = chat.taken('/technical').filter((text) => text.includes('issue'))
  expect(reports).toHaveLength(1)
  expect(reports[0]).toContain('board blank for &lt;!channel&gt; 12')
})

test('notify test says who is reached, and exits 6 when somebody is not', async () => {
  await using chat = await webhooks((path) => (path === '/product' ? 404 : 200))
  // Nothing leaves this machine: a host that the run sheet does not name is not asked.
  const env = { ...addresses(chat), ONCALL: 'R0UTINGKEY', SLACK_ENGINEERING: 'https://evil.example/canaryslackhook' }
  const all = await project.run(['notify', 'test'], { env })

  expect(all.exitCode).toBe(6)
  expect(all.stdout).toMatch(/✔ told +#releases +SLACK_RELEASES +127\.0\.0\.1:\d+\n/)
  expect(all.stdout).toMatch(/✖ not told +#product +SLACK_PRODUCT +127\.0\.0\.1:\d+ +answered 404\n/)
  expect(all.stdout).toMatch(/✖ not told +#engineering +SLACK_ENGINEERING +evil\.example +leads to evil\.example/)
  expect(all.stdout).toMatch(/– not set +#incident-response +SLACK_INCIDENT\n/)
  const one = await project.run(['notify', 'test', '--channel', 'primary', '--json'], { env })
  expect(one.exitCode).toBe(0)
  expect(JSON.parse(one.stdout)).toMatchObject({ notified: [{ id: 'primary', told: true }] })
  const unknown = await project.run(['notify', 'test', '--channel', 'primry'], { env })
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toContain('primary')
  expect(`${all.stdout}${all.stderr}${one.stdout}`).not.toMatch(/R0UTINGKEY|canaryslackhook|services/)
})
