import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { Envelope } from '../../src/ui/envelope-schema.ts'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const sheet = await readFile(new URL('../../runsheet.yaml', import.meta.url), 'utf8')

type Broken = {
  readonly what: string
  readonly from: string
  readonly to: string
  /** What the position has to point at: the first of its kind in the broken sheet. */
  readonly token: string
  readonly says: RegExp
}

const broken: readonly Broken[] = [
  { what: 'a tab for an indent', from: '\nbuild:\n  run', to: '\nbuild:\n\trun', token: '\trun', says: /tab/i },
  {
    what: 'a bracket that is never closed',
    from: 'health: [/api/health, /]',
    to: 'health: [/api/health, /',
    token: 'build:',
    says: /not closed/,
  },
  {
    what: 'a key twice',
    from: 'captain: Jesus Ortiz\n',
    to: 'captain: Jesus Ortiz\napp: board\n',
    token: 'app: board',
    says: /app/,
  },
  { what: 'an unknown key', from: 'captain:', to: 'captian:', token: 'captian', says: /captain/ },
  {
    what: 'an unknown kind of check',
    from: 'kind: percentile',
    to: 'kind: percentil',
    token: 'percentil,',
    says: /percentile/,
  },
  {
    what: 'a limit without its unit',
    from: 'percentile: 95, below: 800ms',
    to: 'percentile: 95, below: 800',
    token: '800 }',
    says: /800/,
  },
  { what: 'a metric nobody declared', from: 'bad: errors, of', to: 'bad: erors, of', token: 'erors', says: /errors/ },
  {
    what: 'a gate nobody declared',
    from: 'gate: staging-ready',
    to: 'gate: staging-redy',
    token: 'staging-redy',
    says: /staging-ready/,
  },
  {
    what: 'stages that go down',
    from: '[10%, 30%, 50%, 100%]',
    to: '[10%, 50%, 30%, 100%]',
    token: '30%, 100%',
    says: /30/,
  },
  {
    what: 'a share above all users',
    from: '[10%, 30%, 50%, 100%]',
    to: '[10%, 30%, 50%, 130%]',
    token: '130%',
    says: /130/,
  },
  {
    what: 'a time zone that does not exist',
    from: 'timezone: America/Chicago, lasts',
    to: 'timezone: America/Chigaco, lasts',
    token: 'America/Chigaco',
    says: /America\/Chi/,
  },
  {
    what: 'a secret written out',
    from: '"${env:SLACK_RELEASES}"',
    to: '"https://hooks.slack.com/services/T0/B0/xyzzy"',
    token: '"https://hooks',
    says: /secret/,
  },
]

describe('a run sheet with', () => {
  test.each(broken)('$what ends with 2, names the place and touches nothing', async ({ from, to, token, says }) => {
    expect(sheet).toContain(from)
    const text = sheet.replace(from, to)
    await using dir = await tempDir({ files: { 'runsheet.yaml': text } })
    const before = text.slice(0, text.indexOf(token))
    const at = { file: 'runsheet.yaml', line: before.split('\n').length, col: before.length - before.lastIndexOf('\n') }

    const [plain, json] = await Promise.all([
      runBin(['auto', '--sandbox'], { cwd: dir.path }),
      runBin(['auto', '--sandbox', '--json'], { cwd: dir.path }),
    ])
    for (const { exitCode, stderr } of [plain, json]) {
      expect(exitCode, stderr).toBe(2)
      expect(stderr).toContain(`${at.file}:${at.line}:${at.col}`)
      expect(stderr).toMatch(says)
      expect(stderr).not.toMatch(/\n\s+at .*\.js:\d+/)
      expect(stderr).not.toContain('xyzzy')
    }
    expect(plain.stdout).toBe('')
    const envelope = Envelope.parse(JSON.parse(json.stdout))
    expect(envelope).toMatchObject({ command: 'auto', outcome: 'invalid', exitCode: 2, error: { at } })
    expect(envelope.error?.hint).not.toBe('')
    expect(plain.stderr).toContain(envelope.error?.hint.split('\n')[0])
    expect(await tree(dir.path)).toEqual(['runsheet.yaml'])
    expect(await readFile(dir.file('runsheet.yaml'), 'utf8')).toBe(text)
  })

  test('no name on disk ends with 2 and says how to get one', async () => {
    await using dir = await tempDir()
    const ran = await runBin(['plan', '--runsheet', 'other.yaml', '--json'], { cwd: dir.path })
    expect(ran.exitCode).toBe(2)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      error: { code: 'RUNSHEET_NOT_FOUND', hint: expect.stringContaining('launch init') },
    })
    expect(await tree(dir.path)).toEqual([])
  })
})

describe('a command line with', () => {
  test.each([
    ['an unknown command', ['dploy'], /did you mean deploy/],
    ['an unknown command of a group', ['canary', 'strat'], /did you mean start/],
    ['an unknown option', ['auto', '--sandbx'], /did you mean --sandbox/],
    ['an argument too many', ['auto', 'now'], /argument/],
    ['a missing argument', ['approve'], /role/],
    ['a seed that is no number', ['auto', '--sandbox', '--seed', 'seven'], /seven/],
    ['a scenario that does not exist', ['auto', '--scenario', 'error-spikes'], /error-spike@N/],
    ['a stage no user is in', ['auto', '--scenario', 'error-spike@0'], /@10/],
    ['an environment the sheet does not have', ['deploy', '--sandbox', '--env', 'qa'], /no environment "qa"/],
  ] as const)('%s ends with 2, one message, and one document with --json', async (_, args, says) => {
    await using dir = await tempDir({ files: { 'runsheet.yaml': sheet } })
    const [plain, json] = await Promise.all([
      runBin(args, { cwd: dir.path }),
      runBin([...args, '--json'], { cwd: dir.path }),
    ])
    expect([plain.exitCode, json.exitCode], plain.stderr + json.stderr).toEqual([2, 2])
    expect(plain.stdout).toBe('')
    expect(plain.stderr).toMatch(says)
    expect(plain.stderr).not.toMatch(/\n\s+at .*\.js:\d+/)
    expect(Envelope.parse(JSON.parse(json.stdout))).toMatchObject({ outcome: 'invalid', exitCode: 2 })
    expect(await tree(dir.path)).toEqual(['runsheet.yaml'])
  })

  test.each([
    [['build', '--new'], 'build', 'launch build --help says what it takes'],
    [['approve', '--note', 'build'], 'approve', 'launch approve --help says what it takes'],
    [['canary', 'strat'], 'canary strat', 'did you mean start; launch canary --help lists the commands'],
    [['dploy'], 'dploy', 'did you mean deploy; launch --help lists the commands'],
  ] as const)('%j is named in its document and ends with what to do next', async (args, command, next) => {
    await using dir = await tempDir()
    const ran = await runBin([...args, '--json'], { cwd: dir.path })

    expect(ran.stderr).toMatch(new RegExp(`\n {2}${next}\n$`))
    expect(JSON.parse(ran.stdout)).toMatchObject({ command, error: { code: 'USAGE', hint: next } })
  })

  test('nothing at all shows the commands', async () => {
    await using dir = await tempDir()
    const ran = await runBin(['--help'], { cwd: dir.path })
    expect(ran.exitCode).toBe(0)
    expect(ran.stdout).toContain('rollback emergency')
    expect(ran.stderr).toBe('')
    // The first is what the build wrote down, the second what the program says.
    expect((await runBin(['--help', '--no-color'], { cwd: dir.path })).stdout).toBe(ran.stdout)
  })
})

/** Every path below a folder. */
async function tree(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).toSorted()
}
