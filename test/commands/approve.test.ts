import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { runBin, startBin } from '../support/run-bin.ts'
import { journalOf } from '../support/sandbox-files.ts'
import { tempDir } from '../support/temp-dir.ts'

const git = { GIT_AUTHOR_NAME: 'Ada' }

describe('what people say is in the journal, with who and for what', () => {
  let project: LaunchProject
  beforeAll(async () => void (project = await launchProject()))
  afterAll(() => project[Symbol.asyncDispose]())
  const run = (...args: readonly string[]) => project.run([...args, '--sandbox'], { env: git })
  const json = async (...args: readonly string[]) =>
    JSON.parse((await run(...args, '--json')).stdout) as Record<string, unknown>

  test('a dry run records nothing and opens nothing', async () => {
    const ran = await run('approve', 'qa-lead', '--dry-run')

    expect(ran).toMatchObject({ exitCode: 0, stdout: 'dry run: would sign off as qa-lead\n' })
    await expect(journalOf(project.path)).rejects.toThrow(/ENOENT/)
  })

  test('a role that the run sheet does not name is refused, with the one that was meant', async () => {
    const ran = await run('approve', 'qa-laed')

    expect(ran).toMatchObject({ exitCode: 2, stdout: '' })
    expect(ran.stderr).toBe('✖ there is no role "qa-laed"\n  did you mean qa-lead\n')
  })

  test('the first sign-off opens a launch and binds to commit and plan, before a build', async () => {
    const ran = await run('approve', 'qa-lead', '--note', 'cycle 14 green')

    expect(ran.stdout).toMatch(
      /^✔ qa-lead signed by .+ for commit [0-9a-f]{7}, before a build \(launch \w{26}, opened now\)\n/,
    )
    expect(ran.stdout).toContain('next: sign-offs missing: launch approve product-owner')
    const [opened, approved] = await journalOf(project.path)
    expect(opened).toMatchObject({ type: 'launch-opened' })
    expect(approved).toMatchObject({ type: 'approved', role: 'qa-lead', note: 'cycle 14 green' })
    expect(approved?.['binding']).toEqual({ commit: opened?.['commit'], plan: opened?.['plan'], artifact: null })
  })

  test('uat status lists who signed, who is missing, and the command for it', async () => {
    const ran = await run('uat', 'status')

    expect(ran.stdout).toMatch(/^1 of 5 required sign-offs bind for commit/)
    expect(ran.stdout).toMatch(/✔ signed +qa-lead/)
    expect(ran.stdout).toMatch(/◌ missing +sre-lead.*launch approve sre-lead/)
    expect(await json('uat', 'status')).toMatchObject({
      missing: ['product-owner', 'engineering-lead', 'sre-lead', 'support-lead'],
    })
  })

  test('blockers are numbered, weighed, and cleared by number', async () => {
    const first = await run('uat', 'block', 'drawer shows the wrong patient', '--severity', 'critical')
    const second = await run('uat', 'block', 'typo')
    const wrong = await run('uat', 'unblock', '7')
    const cleared = await run('uat', 'unblock', '1', '--note', 'fixed in 4f1c2aa')
    const again = await run('uat', 'unblock', '1')

    expect(first.stdout).toMatch(/critical blocker 1 raised/)
    expect(second.stdout).toMatch(/major blocker 2 raised/)
    expect(wrong).toMatchObject({
      exitCode: 2,
      stderr: '✖ there is no blocker 7\n  open are 1, 2: launch uat status\n',
    })
    expect(cleared.stdout).toMatch(/blocker 1 cleared.*\n {2}next: 1 still open/)
    expect(again).toMatchObject({ exitCode: 0, stdout: 'blocker 1 was cleared before; nothing to do\n' })
  })

  test('uat report is Markdown in which nothing from people is markup', async () => {
    await run('uat', 'block', '<b>@here</b> | `x`', '--severity', 'minor')

    const { stdout } = await run('uat', 'report')

    expect(stdout).toMatch(/^# StatusBoardV2 .*UAT Report\n/)
    expect(stdout).toContain('| 1 | critical | cleared | drawer shows the wrong patient |')
    expect(stdout).toContain('1 of 5 required sign-offs; 2 open blockers, 0 critical.')
    expect(stdout).not.toContain('<b>')
    expect(stdout).not.toMatch(/(^|[^>])@here/)
  })

  test('a waiver needs a reason and a check that exists', async () => {
    const without = await run('waive', 'preflight/health')
    const wrong = await run('waive', 'preflight/healht', '--reason', 'x')
    const waived = await run('waive', 'preflight/health', '--reason', 'probe is broken, checked by hand')

    expect(without.exitCode).toBe(2)
    expect(without.stderr).toContain('waiving preflight/health needs a reason')
    expect(wrong.stderr).toContain('did you mean preflight/health')
    expect(waived.exitCode).toBe(0)
    expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'waived', gate: 'preflight', check: 'health' })
  })

  test('go is kept with its time in UTC, and no-go takes its place', async () => {
    const go = await run('go', '--note', 'all present')
    const noGo = await run('no-go', '--reason', 'support lead is ill')

    expect(go.stdout).toMatch(/^✔ go by .+ at \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \(UTC\)/)
    expect(noGo.exitCode).toBe(0)
    const decisions = (await journalOf(project.path)).filter(({ type }) => type === 'go-decided')
    expect(decisions.map(({ decision, note }) => [decision, note])).toEqual([
      ['go', 'all present'],
      ['no-go', 'support lead is ill'],
    ])
  })

  test('notes and issues are kept; an issue needs its priority', async () => {
    const noted = await run('note', 'the CDN took 40 s')
    const empty = await run('note', '   ')
    const without = await run('issue', 'board blank')
    const wrong = await run('issue', 'board blank', '--severity', 'bad')
    const issue = await run('issue', 'board blank', '--severity', 'p1')

    expect([noted, empty, without, wrong, issue].map(({ exitCode }) => exitCode)).toEqual([0, 2, 2, 2, 0])
    const kept = (await journalOf(project.path)).slice(-2)
    expect(kept).toMatchObject([
      { type: 'noted', text: 'the CDN took 40 s' },
      { type: 'issue-noted', severity: 'P1', text: 'board blank' },
    ])
  })
})

test('nobody can decide about a launch that is not there', async () => {
  await using project = await launchProject()

  const ran = await project.run(['go', '--sandbox'])

  expect(ran).toMatchObject({
    exitCode: 2,
    stderr: '✖ there is no sandbox in this folder\n  launch auto --sandbox makes one\n',
  })
})

describe('outside the sandbox', () => {
  const gitRepo = async () => {
    const dir = await tempDir()
    await runBin(['init'], { cwd: dir.path })
    const commit =
      'git init -q && git add -A && git -c user.name=Ada -c user.email=ada@demo.example commit -qm x && git config user.name Ada'
    await runBin([], { cwd: dir.path, command: ['sh', '-c', commit] })
    return dir
  }

  test('a sign-off says as whom AWS knows the signer, where AWS answers', async () => {
    await using host = await tempDir()
    await runBin(['init'], { cwd: host.path })
    await using serving = startBin(['sandbox', 'serve'], { cwd: host.path })
    await serving.waitFor('Ctrl-C ends it.')
    const url = /AWS_ENDPOINT_URL=(\S+)/.exec(serving.stdout())?.[1]
    await using repo = await gitRepo()
    const env = {
      AWS_ENDPOINT_URL: url,
      AWS_ACCESS_KEY_ID: 'SANDBOX333333333333',
      AWS_SECRET_ACCESS_KEY: 'not-a-secret',
      AWS_REGION: 'us-east-1',
    }

    const ran = await runBin(['approve', 'release-captain', '--allow-endpoint', '--json'], { cwd: repo.path, env })

    expect(JSON.parse(ran.stdout)).toMatchObject({
      exitCode: 0,
      by: expect.stringMatching(/^Ada \(arn:aws:iam::333333333333:/) as string,
    })
  })

  test('a sign-off is recorded all the same, and soon, where there are no credentials', async () => {
    await using repo = await gitRepo()

    const ran = await runBin(['approve', 'release-captain', '--json'], { cwd: repo.path })
    const status = await runBin(['status'], { cwd: repo.path })

    expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 0, by: 'Ada' })
    expect(ran.ms).toBeLessThan(5000)
    // The launches can be read, the rest cannot: there is something to show.
    expect(status.exitCode).toBe(0)
    expect(status.stdout).toMatch(/\nflag \S+ unknown: .*credentials/)
    expect(status.stderr).toContain('the release cannot be read')
  })

  test('status that can read nothing says why, with exit 6', async () => {
    await using repo = await gitRepo()

    const ran = await runBin(['status', '--state', 's3://nobody-has-this/launches'], { cwd: repo.path })

    expect(ran).toMatchObject({ exitCode: 6, stdout: '' })
    expect(ran.stderr).toMatch(/^✖ .*credentials/m)
  })
})
