import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { StatusEnvelope } from '../../src/ui/envelope-schema.ts'
import { readLines, recalculated, verdictOfLines } from '../support/explained.ts'
import { killedAfter } from '../support/killed-launch.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { chained, flagOf, journalLines, journalOf, servedRelease } from '../support/sandbox-files.ts'

const exec = promisify(execFile)

describe('after a launch that was rolled back at 30 %', () => {
  let project: LaunchProject
  let launch: string
  let journal: readonly string[]
  beforeAll(async () => {
    project = await launchProject()
    const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--quiet'])
    if (ran.exitCode !== 4) throw new Error(ran.stderr)
    launch = (await journalOf(project.path))[0]?.launch ?? ''
    journal = await journalLines(project.path)
  }, 60_000)
  afterAll(() => project[Symbol.asyncDispose]())
  const run = (...args: readonly string[]) => project.run([...args, '--sandbox'])

  test('status has one plain flag line, and says what the bucket says', async () => {
    const ran = await run('status')

    expect(ran.exitCode).toBe(0)
    const lines = ran.stdout.split('\n').filter((line) => line.startsWith('flag '))
    expect(lines).toHaveLength(1)
    const serial = (await flagOf(project.path))?.launch.serial
    expect(lines[0]).toMatch(new RegExp(`^flag status-board-v2 0% serial ${serial} latched by .+: Error rate`))
    expect(ran.stdout).toContain((await servedRelease(project.path))?.release)
    expect(ran.stdout).toMatch(/health +✔ ok https:\/\/sb\.example\/api\/health 200/)
  })

  test('status --json is the documented envelope', async () => {
    const envelope = StatusEnvelope.parse(JSON.parse((await run('status', '--json')).stdout))

    expect(envelope).toMatchObject({ exitCode: 0, flag: { percent: 0, latched: true }, launch: { id: launch } })
    expect(envelope.health).toHaveLength(2)
  })

  test('status of an environment that is not in the run sheet names those that are', async () => {
    expect(await run('status', '--env', 'prod')).toMatchObject({
      exitCode: 2,
      stderr: '✖ the run sheet has no environment "prod"\n  it has staging, production\n',
    })
  })

  test('canary status shows the stages, the failed one with its numbers', async () => {
    const { stdout } = await run('canary', 'status')

    expect(stdout).toMatch(/^flag status-board-v2 0%/)
    expect(stdout).toMatch(/\n10% +✔ pass/)
    expect(stdout).toMatch(/\n30% +✖ fail/)
    expect(stdout).toMatch(/✖ fail +Error rate < 1%/)
    expect(stdout).toMatch(/\n100% +◌ waiting/)
  })

  test('history says how it ended', async () => {
    const { stdout } = await run('history')

    expect(stdout).toMatch(new RegExp(`\n${launch} .*rolled-back`))
    expect(JSON.parse((await run('history', '--json')).stdout)).toMatchObject({
      launches: [{ launch, outcome: 'rolled-back', rollbacks: 1 }],
    })
  })

  test('explain gives the newest verdict with query, window, points and what helps, worst check first', async () => {
    const { stdout } = await run('explain')

    expect(stdout).toMatch(/^launch ended, rolled-back/)
    expect(stdout).toContain('gate canary at 30% in production: ✖ fail')
    const [first = ''] = stdout.split('\n\n').slice(2)
    expect(first).toMatch(/^✖ fail {2}Error rate < 1%\n {2}check +canary\/error-rate \(ratio\)\n/)
    expect(first).toMatch(/query +StatusBoard Errors \{Environment=production, Variant=v2\|v1\}/)
    expect(first).toMatch(/counted +10%: 10 of 12 minutes \d\d:\d\d:00Z to .*, new version \d+ of [\d,]+, old version/)
    expect(first).toMatch(
      /left out +30%: \d minutes? .* younger than the metric takes to settle: in the comparison alone/,
    )
    expect(first).toMatch(/compared +since .* = 1\d(\.\d+)?% against .* in the old version → matters/)
    expect(first).toMatch(/again +fail, as the journal says/)
    expect(first).toMatch(/hint +\S/)
  })

  test('explain says what followed a verdict, and who did it', async () => {
    const { stdout } = await run('explain', 'canary@30')
    expect(stdout).toMatch(/judged +2026-12-02 .* by .+, event \d+ of launch/)
    expect(stdout).toMatch(/followed +\d\d:\d\d:\d\dZ emergency rollback begins: .* \(.+\)\n/)
  })

  test.each([
    ['canary@10', 'pass'],
    ['canary@30', 'fail'],
  ])('the arithmetic that explain prints of %s can be calculated again, and leads to %s', async (gate, verdict) => {
    const { stdout } = await run('explain', gate)
    const lines = readLines(stdout)
    expect(lines.checks.map(({ id }) => id).toSorted()).toEqual(['board-p95', 'drawer-average', 'error-rate'])
    expect(verdictOfLines(lines), stdout).toBe(verdict)
    for (const { what, said, is, within } of recalculated(lines))
      expect(Math.abs(said - is), `${what}: ${said} is printed, ${is} calculated`).toBeLessThanOrEqual(
        within * Math.abs(is) + 1e-12,
      )
  })

  test('the points that explain gives add up to what was observed', async () => {
    const { stdout } = await run('explain', 'canary@10', '--json')

    type Point = { count: number; sum: number }
    type Points = { metric: string; variant: string; used: Point[] }
    const { gate } = JSON.parse(stdout) as {
      gate: {
        verdict: string
        checks: { id: string; judgement: { observed: number; samples: number }; points: Points[] }[]
      }
    }
    expect(gate.verdict).toBe('pass')
    const check = gate.checks.find(({ id }) => id === 'drawer-average')
    const used = check?.points.find(({ variant }) => variant === 'canary')?.used ?? []
    const count = used.reduce((total, point) => total + point.count, 0)
    expect(used.length).toBeGreaterThanOrEqual(10)
    expect(count).toBe(check?.judgement.samples)
    expect(used.reduce((total, point) => total + point.sum, 0) / count).toBeCloseTo(check?.judgement.observed ?? NaN, 6)
  })

  test('explain of a gate that is not there says which ones are', async () => {
    expect(await run('explain', 'canary@3')).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('did you mean canary@30') as string,
    })
    expect((await run('explain', '--launch', 'NOPE')).exitCode).toBe(2)
  })

  test('explain --points has a row for every minute', async () => {
    const { stdout } = await run('explain', 'canary@10', '--points', '--launch', launch.slice(0, 20))

    expect(stdout).toMatch(/\n {2}requests control\n(?: {4}\d\d:\d\d:00Z +[\d,]+ samples +sum [\d,]+ +used\n){10}/)
  })

  test('nothing of all this looking changed the journal', async () => {
    expect(await journalLines(project.path)).toEqual(journal)
  })

  test('a lesson can be noted afterwards, and the report has it', async () => {
    await run('note', 'start *earlier*')

    const ran = await run('report')

    const path = join(project.path, '.launch/sandbox/reports', `${launch}.md`)
    const page = path.replace('.md', '.html')
    expect(ran.stderr).toBe(`written to ${path}\nas a page to ${page}\n`)
    expect(await readFile(path, 'utf8')).toBe(ran.stdout)
    expect(ran.stdout).toMatch(/## Lessons Learned\n\n- start \\\*earlier\\\* \(/)
    expect(ran.stdout).toContain('Launch Status: **FAILED**')
    expect(await readFile(page, 'utf8')).toContain('<li>start *earlier* (')
    expect(await readdir(join(project.path, '.launch/sandbox/reports'))).toEqual([`${launch}.html`, `${launch}.md`])
  })

  test('archive is one file that tar unpacks, its checksums hold and the journal in it is whole', async () => {
    const ran = await run('archive')
    const [path = '', sum = ''] = ran.stdout.split('\n')

    expect(sum).toBe(
      `sha256 ${createHash('sha256')
        .update(await readFile(path))
        .digest('hex')}`,
    )
    const folder = join(project.path, 'unpacked')
    await exec(
      'sh',
      ['-c', 'mkdir unpacked && tar -xzf "$0" -C unpacked 2>&1 && cd unpacked/* && sha256sum -c SHA256SUMS', path],
      { cwd: project.path },
    )
    const lines = (await readFile(join(folder, launch, 'journal.jsonl'), 'utf8')).split(/(?<=\n)/)
    expect(lines).toEqual(await journalLines(project.path))
    expect(chained(lines).length).toBeGreaterThan(50)
    expect((await readdir(join(folder, launch))).toSorted()).toEqual([
      'SHA256SUMS',
      'journal.jsonl',
      'plan.json',
      'release.json',
      'report.html',
      'report.md',
    ])
  })

  test('the same launch gives the same archive', async () => {
    const [first, second] = [await run('archive'), await run('archive')]

    expect(second.stdout).toBe(first.stdout)
  })
})

test('looking at a sandbox that is not there does not make one', async () => {
  await using project = await launchProject()

  const status = await project.run(['status', '--sandbox'])
  const history = await project.run(['history', '--sandbox'])

  expect(status).toMatchObject({
    exitCode: 2,
    stderr: '✖ there is no sandbox in this folder\n  launch auto --sandbox makes one\n',
  })
  expect(history).toMatchObject({ exitCode: 0, stdout: 'no launches yet\n' })
  expect(await readdir(project.path)).not.toContain('.launch')
})

test('after a kill in a build that must not run twice, status names the step and the command for it first', async () => {
  await using project = await launchProject((sheet) => sheet.replace('idempotent: true', 'idempotent: false'))
  await project.write('build.mjs', 'await new Promise((over) => setTimeout(over, 1500))\n')
  await killedAfter(project, /"type":"step-intended","step":"staging\/build"/)

  const resumed = await project.run(['resume', '--sandbox'])
  const shown = await project.run(['status', '--sandbox'])
  const { launch } = StatusEnvelope.parse(JSON.parse((await project.run(['status', '--sandbox', '--json'])).stdout))

  expect(resumed.exitCode).toBe(8)
  const [first] = shown.stdout.split('\n').filter((line) => line.startsWith('next '))
  expect(first).toContain('launch resolve staging/build --did-run or --did-not-run')
  expect(launch).toMatchObject({ phase: 'staging', unresolved: ['staging/build'] })
}, 60_000)

describe('where the state cannot be read', () => {
  let project: LaunchProject
  beforeAll(async () => {
    project = await launchProject()
    await project.run(['approve', 'qa-lead', '--sandbox'])
  }, 60_000)
  afterAll(() => project[Symbol.asyncDispose]())
  const status = (...args: readonly string[]) =>
    project.run(['status', '--sandbox', '--state', 'file:package.json/launches', ...args])

  test('status says that the launch is unknown, shows the rest, and ends with 6', async () => {
    const ran = await status()

    expect(ran.exitCode).toBe(6)
    expect(ran.stdout).toMatch(/^launch +unknown: cannot read .*: ENOTDIR$/m)
    expect(ran.stdout).toMatch(/^flag status-board-v2 /m)
    expect(ran.stdout).toMatch(/^health +✔ ok/m)
    expect(ran.stdout).not.toContain('none is open')
    expect(ran.stderr).toMatch(/^✖ the launches cannot be read: cannot read .*: ENOTDIR\n {2}\S/)
  })

  test('status --json tells it from no launch', async () => {
    const envelope = StatusEnvelope.parse(JSON.parse((await status('--json')).stdout))

    expect(envelope).toMatchObject({ outcome: 'unavailable', exitCode: 6, launch: null })
    expect(envelope.unknown.launch).toContain('ENOTDIR')
    expect(envelope.error?.message).toBe(`the launches cannot be read: ${envelope.unknown.launch}`)
  })
})

test('an address that does not answer is told once in its health line', async () => {
  await using project = await launchProject((sheet) => sheet.replaceAll('https://sb.example', 'http://127.0.0.1:1'))
  await project.run(['approve', 'qa-lead', '--state', 'file:state'])

  const { stdout } = await project.run(['status', '--state', 'file:state'])

  expect(stdout).toMatch(/^health +✖ bad http:\/\/127\.0\.0\.1:1\/ (?!http)\S/m)
})

describe('while somebody else’s latch stands in the flag', () => {
  let project: LaunchProject
  const run = (...args: readonly string[]) => project.run([...args, '--sandbox'], { env: { LAUNCH_ACTOR: 'Eve' } })
  const latched = /the flag is latched off since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ by Eve \(empty boards\): /
  beforeAll(async () => {
    project = await launchProject()
    await run('approve', 'qa-lead')
    await run('no-go')
    await run('resume', '--yes')
    await run('rollback', 'emergency', '--reason', 'empty boards')
  }, 60_000)
  afterAll(() => project[Symbol.asyncDispose]())

  test('auto says so at once: nothing is opened and nothing built', async () => {
    const ids = async () => JSON.parse((await run('history', '--json')).stdout).launches.length as number
    const before = await ids()

    const ran = await run('auto', '--keep')
    const json = await run('auto', '--keep', '--json')

    expect([ran.exitCode, json.exitCode]).toEqual([7, 7])
    expect(ran.stderr).toMatch(/✖ the flag is latched off since \S+ by Eve: empty boards; nothing was begun\n/)
    expect(ran.stderr).toContain('launch auto --sandbox --keep --ack-rollback')
    expect(JSON.parse(json.stdout)).toMatchObject({
      error: { code: 'LATCHED' },
      flag: { key: 'status-board-v2', percent: 0, latched: true },
    })
    expect(await ids()).toBe(before)
    expect(await readdir(project.path)).not.toContain('dist')
  })

  test('a sign-off is recorded, and says that its launch stops before production', async () => {
    const ran = await run('approve', 'qa-lead')

    expect(ran.stdout).toMatch(
      new RegExp(`opened now\\)\\n {2}next: ${latched.source}this launch stops before production; `),
    )
    expect(ran.stdout).not.toContain('sign-offs missing')
  })

  test('status asks for no sign-offs, and a resume begins nothing', async () => {
    const shown = await run('status')
    const journal = await journalLines(project.path)
    const resumed = await run('resume', '--yes')

    expect(shown.stdout).toMatch(new RegExp(`^next +${latched.source}.*--ack-rollback`, 'm'))
    expect(shown.stdout).not.toContain('sign-offs missing')
    expect(resumed.exitCode).toBe(7)
    expect(await journalLines(project.path)).toEqual(journal)
  })

  test('after one more rollback status says that resume ends the launch, which it does', async () => {
    await run('rollback', 'emergency', '--reason', 'once more')

    const shown = await run('status')
    const resumed = await run('resume', '--yes')

    expect(shown.stdout).toMatch(/^next +rolled back at .* by Eve: launch resume ends this launch; .*--ack-rollback/m)
    expect(shown.stdout).not.toContain('sign-offs missing')
    expect(resumed.exitCode).toBe(4)
  })

  test('a launch that acknowledges it goes on, and history calls the one it took over from superseded', async () => {
    await run('approve', 'qa-lead')

    const ran = await run('auto', '--keep', '--ack-rollback', '--json')
    const shown = await run('history')
    const { launches } = JSON.parse((await run('history', '--json')).stdout)

    expect(JSON.parse(ran.stdout)).toMatchObject({ exitCode: 0, flag: { percent: 100, latched: false } })
    expect(shown.stdout.match(/✖ superseded /g)).toHaveLength(1)
    expect(launches.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'succeeded',
      'superseded',
      'rolled-back',
      'declined',
    ])
  }, 60_000)
})
