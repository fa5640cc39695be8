import { readdir, readFile, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { clockFinding } from '../../src/commands/doctor-project.ts'
import { nodeFinding } from '../../src/commands/doctor-machine.ts'
import { awsServer } from '../support/aws-server.ts'
import { launchProject } from '../support/launch-project.ts'
import { inRealMode } from '../support/real-mode.ts'
import { runBin, type BinResult } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const identity = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
<Arn>arn:aws:iam::333333333333:user/jo</Arn><UserId>AIDA</UserId><Account>333333333333</Account>
</GetCallerIdentityResult></GetCallerIdentityResponse>`
const keys = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'for-tests-only', LAUNCH_ALLOW_ENDPOINT: '1' }

/** The findings by what they are about: `production flag`. */
function findings({ stdout }: BinResult) {
  const { checks } = JSON.parse(stdout) as {
    readonly checks: readonly {
      readonly id: string
      readonly env: string | null
      readonly verdict: string
      readonly detail: string
      readonly hint: string
    }[]
  }
  return Object.fromEntries(checks.map((one) => [one.env === null ? one.id : `${one.env} ${one.id}`, one]))
}

test('without a run sheet it looks at the machine, at its clock and at who it is in AWS, and leaves the folder as it was', async () => {
  await using dir = await tempDir()
  const ahead = () => new Date(Date.now() + 6 * 60_000).toUTCString()
  await using aws = await awsServer(() => ({ status: 200, headers: { date: ahead() }, body: identity }))
  const env = { ...keys, AWS_ENDPOINT_URL: aws.endpoint, AWS_REGION: 'eu-west-1' }

  const ran = await runBin(['doctor', '--json'], { cwd: dir.path, env })

  const found = findings(ran)
  expect(found['node']).toMatchObject({ verdict: 'ok', detail: expect.stringContaining(process.versions.node) })
  expect(found['git']).toMatchObject({ verdict: 'warn', detail: 'no checkout with a commit here' })
  expect(found['run sheet']).toMatchObject({ verdict: 'warn', hint: expect.stringContaining('launch init') })
  expect(found['credentials']?.detail).toBe('arn:aws:iam::333333333333:user/jo of account 333333333333, eu-west-1')
  // Asked without credentials: the first request is the one for the time.
  expect(found['clock']).toMatchObject({ verdict: 'fail', detail: expect.stringMatching(/^(?:6m|5m 59s) behind 127/) })
  expect(aws.requests.some(({ headers, method }) => method === 'GET' && headers.authorization === undefined)).toBe(true)
  expect(ran.exitCode).toBe(2)
  expect(JSON.parse(ran.stdout)).toMatchObject({ outcome: 'invalid', error: { message: 'not ready to launch: clock' } })
  expect(await readdir(dir.path)).toEqual([])
})

test('warnings alone are no reason not to launch; an endpoint that is not AWS is not asked', async () => {
  await using dir = await tempDir()
  await using aws = await awsServer(() => ({ status: 200, body: identity }))

  const ran = await runBin(['doctor'], { cwd: dir.path, env: { AWS_ENDPOINT_URL: aws.endpoint } })

  expect([ran.exitCode, ran.stderr]).toEqual([0, ''])
  // One finding, one line, so that grep finds all of it.
  expect(ran.stdout).toMatch(
    /^ {2}⚠ warn {2}clock +not compared with AWS: the configured AWS endpoint 127\.0\.0\.1 is not AWS$/m,
  )
  expect(ran.stdout).toMatch(/\n\d+ well, 4 warnings, nothing in the way\n$/)
  expect(aws.requests).toEqual([])
})

test('a run sheet that does not hold together is exit 2, with its place', async () => {
  await using dir = await tempDir({ files: { 'runsheet.yaml': 'runsheet: 1\napp: 7\n' } })

  const ran = await runBin(['doctor', '--sandbox'], { cwd: dir.path })

  expect(ran.exitCode).toBe(2)
  expect(ran.stdout).toMatch(/✖ fail {2}run sheet .*runsheet\.yaml:2/)
  expect(ran.stderr).toContain('not ready to launch: run sheet')
})

test('in a sandbox it looks at the world that is there, and makes none', async () => {
  await using project = await launchProject()
  const before = await project.run(['doctor', '--sandbox', '--json'])
  expect(findings(before)['sandbox']?.detail).toContain('launch auto --sandbox makes one')
  expect(await readdir(project.path)).not.toContain('.launch')

  await project.run(['auto', '--scenario', 'error-spike@10'])
  const after = await project.run(['doctor', '--sandbox', '--json'])

  expect(after.exitCode).toBe(0)
  expect(findings(after)).toMatchObject({
    state: { verdict: 'ok', detail: expect.stringContaining('launch 01') },
    'production credentials': { verdict: 'ok', detail: expect.stringContaining('222222222222') },
    'production rights': { detail: 'may deploy, rollback, list, distribution, read-metrics' },
    'production flag': { verdict: 'warn', detail: expect.stringMatching(/^status-board-v2 0%, latched: /) },
    'staging flag': { verdict: 'ok' },
  })
}, 60_000)

test('for real: state, credentials and flag are looked at through AWS, and what is wrong says what to do', async () => {
  await using project = await launchProject((sheet) => sheet.replaceAll(/^ {4}(?:profile|role): .*\n/gm, ''))
  await using real = await inRealMode(project)
  const { env } = real
  const kept = await readFile(`${project.path}/runsheet.yaml`, 'utf8')

  const ran = await project.run(['doctor', '--json'], { env })
  const found = findings(ran)
  expect(found['clock']).toMatchObject({ verdict: 'ok', detail: expect.stringMatching(/^agrees with 127/) })
  expect(found['state']).toMatchObject({ verdict: 'ok', detail: 's3://statusboard-launches: no launch' })
  expect(found['git']?.detail).toMatch(/ at [0-9a-f]{7}, clean$/)
  expect(found['production rights']).toMatchObject({ verdict: 'ok' })
  // These keys are of production's account.
  expect(found['staging credentials']).toMatchObject({
    verdict: 'fail',
    detail: expect.stringMatching(/of account 222222222222, us-east-1, not 111111111111$/),
  })
  expect(found['webhooks']).toMatchObject({ verdict: 'warn', detail: expect.stringContaining('SLACK_ALERTS (alerts)') })
  expect(ran.exitCode).toBe(6)

  await writeFile(`${project.path}/runsheet.yaml`, kept.replace('bucket: sb-prod', 'bucket: no-such-bucket'))
  const lost = await project.run(['doctor'], { env })
  expect(lost.exitCode).toBe(6)
  expect(lost.stdout).toMatch(/✖ fail {2}rights +may not deploy: .*no-such-bucket/)
  expect(lost.stdout).toContain('→ launch iam print --role ci prints the policy that grants them')
}, 60_000)

test('Node is compared number by number', () => {
  expect(nodeFinding('20.19.0').verdict).toBeUndefined()
  expect(nodeFinding('20.20.1').verdict).toBeUndefined()
  expect(nodeFinding('22.1.0').verdict).toBeUndefined()
  expect(nodeFinding('20.9.9')).toMatchObject({ verdict: 'fail', hint: 'Node 20.19.0 or newer is needed' })
  expect(nodeFinding('18.20.4').verdict).toBe('fail')
})

test('the oldest Node it names is the one of package.json', async () => {
  const { oldestNode } = await import('../../src/version.ts')
  const { engines } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8')) as {
    readonly engines: { readonly node: string }
  }
  expect(`${engines.node}.0`).toBe(`>=${oldestNode}`)
})

test('a clock is in the way from five minutes on, told from half a minute on', () => {
  expect(clockFinding(-12_000, 'sts')).toEqual({ detail: 'agrees with sts' })
  expect(clockFinding(95_000, 'sts')).toMatchObject({ verdict: 'warn', detail: '1m 35s ahead of sts' })
  expect(clockFinding(-300_000, 'sts')).toMatchObject({ verdict: 'fail', detail: '5m behind sts' })
})
