import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { startPty } from '../support/pty.ts'
import { binPath, runBin, type BinResult } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const escape = '\u001B'

/** Commands that only look, each with a result of its own. */
const looks = [
  ['status'],
  ['plan'],
  ['history'],
  ['explain'],
  ['uat', 'status'],
  ['canary', 'status'],
  ['report', '--quiet'],
  ['sandbox', 'scenarios'],
  ['--help'],
] as const

/** What a result never depends on: who starts launch, and what that terminal can do. */
const surroundings: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
  ['TERM=dumb', { TERM: 'dumb' }],
  ['NO_COLOR', { NO_COLOR: '1', TERM: 'xterm-256color', COLORTERM: 'truecolor' }],
  ['CI', { CI: '1', TERM: 'xterm' }],
]

let project: LaunchProject
const plain = new Map<string, BinResult>()
beforeAll(async () => {
  project = await launchProject()
  const launched = await project.run(['auto', '--scenario', 'error-spike@10'])
  if (launched.exitCode !== 4) throw new Error(launched.stdout + launched.stderr)
  for (const line of looks) plain.set(line.join(' '), await looking(line))
}, 60_000)
afterAll(() => project[Symbol.asyncDispose]())

function looking(line: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<BinResult> {
  return project.run(line, { env: { LAUNCH_SANDBOX: '1', ...env } })
}

/** Runs a line of bash with `launch` as $LAUNCH. */
function shell(line: string): Promise<BinResult> {
  return runBin([], {
    cwd: project.path,
    command: ['bash', '-c', `launch() { "${process.execPath}" "${binPath}" "$@"; }; ${line}`],
    env: { LAUNCH_SANDBOX: '1' },
  })
}

/** How long answers took and how old events are differs from run to run. */
function steady(text: string): string {
  return text.replaceAll(/\b\d+(?:\.\d+)?(?:ms|s)\b/g, '0s').replaceAll(/\d+m \d+s/g, '0s')
}

describe('a result in a pipe', () => {
  test('is the result alone: on stdout, without an escape code', () => {
    for (const [line, { exitCode, stdout, stderr }] of plain) {
      expect([line, exitCode, stderr]).toEqual([line, 0, ''])
      expect(stdout.length, line).toBeGreaterThan(40)
      expect(stdout, line).not.toContain(escape)
    }
  })

  test.each(surroundings)(
    'is the same with %s',
    async (_what, env) => {
      for (const line of looks) {
        const { exitCode, stdout, stderr } = await looking(line, env)
        expect([exitCode, stderr]).toEqual([0, ''])
        expect(steady(stdout)).toBe(steady(plain.get(line.join(' '))?.stdout ?? ''))
      }
    },
    60_000,
  )

  test('is painted with FORCE_COLOR, and says the same; a document never is', async () => {
    const status = await looking(['plan'], { FORCE_COLOR: '1', CI: '1' })
    expect(status.stdout).toContain(`${escape}[`)
    expect(stripVTControlCharacters(status.stdout)).toBe(plain.get('plan')?.stdout)
    const json = await looking(['plan', '--json'], { FORCE_COLOR: '3' })
    expect(json.stdout).not.toContain(escape)
    expect(JSON.parse(json.stdout)).toMatchObject({ command: 'plan', exitCode: 0 })
    // Node warns on stderr when both are set; launch has decided and says nothing.
    const both = await looking(['plan'], { FORCE_COLOR: '1', NO_COLOR: '1' })
    expect(both.stdout).toBe(status.stdout)
  })

  test('is in a file what it is in a pipe', async () => {
    const { exitCode, stdout, stderr } = await shell(
      'launch report --quiet > report.md; launch plan > plan.txt 2> plan.err',
    )
    expect([exitCode, stdout, stderr]).toEqual([0, '', ''])
    expect(await readFile(join(project.path, 'report.md'), 'utf8')).toBe(plain.get('report --quiet')?.stdout)
    expect(await readFile(join(project.path, 'plan.txt'), 'utf8')).toBe(plain.get('plan')?.stdout)
    expect(await readFile(join(project.path, 'plan.err'), 'utf8')).toBe('')
  })

  test('may be left early, or have nobody to read it at all', async () => {
    const lines = [...looks, ['schema'], ['completion', 'bash'], ['doctor']].map((line) => `launch ${line.join(' ')}`)
    const left = await shell(lines.map((line) => `${line} | head -1; echo "=\${PIPESTATUS[0]}"`).join('\n'))
    expect(left.stderr).toBe('')
    expect(left.stdout.match(/^=\d+$/gm)).toEqual(lines.map(() => '=0'))
    const closed = await shell(
      'launch status >&-; echo $?; launch plan >/dev/full; echo $?; launch nosuch >&-; echo $?',
    )
    expect(closed.stdout).toMatch(/^0\n\d+\n2\n$/)
  }, 60_000)
})

test('a launch writes its log to stderr and how it ended to stdout, in CI and on a dumb terminal too', async () => {
  const env = { CI: '1', TERM: 'dumb', LAUNCH_SANDBOX: '1' }
  const launched = await project.run(['auto', '--scenario', 'error-spike@10'], { env })
  expect(launched.exitCode).toBe(4)
  expect(launched.stdout).toMatch(/^result .*rolled-back/)
  expect(launched.stdout.split('\n').length).toBeLessThan(14)
  expect(launched.stderr).toContain('Fast preconditions')
  expect(launched.stdout + launched.stderr).not.toContain(escape)

  const json = await project.run(['auto', '--scenario', 'unsigned', '--json'], { env })
  expect(json.exitCode).toBe(8)
  expect(JSON.parse(json.stdout)).toMatchObject({ exitCode: 8, outcome: 'held' })
}, 60_000)

test('a dumb terminal is never painted or repainted, a terminal without colour only loses the colour', async () => {
  const terminal = async (env: Readonly<Record<string, string>>) => {
    const given = { PATH: process.env['PATH'], HOME: project.path, LANG: 'C.UTF-8', LAUNCH_SANDBOX: '1', ...env }
    await using pty = startPty([process.execPath, binPath, 'rollback', 'validate'], { cwd: project.path, env: given })
    return { exitCode: await pty.exitCode, screen: pty.screen() }
  }
  expect((await terminal({ TERM: 'dumb' })).screen).not.toContain(escape)
  const uncoloured = await terminal({ TERM: 'xterm-256color', NO_COLOR: '1' })
  // oxlint-disable-next-line no-control-regex -- finding them is what it is for
  expect(uncoloured.screen).not.toMatch(/\u001B\[(?:3[0-7]|9[0-7]|38;[\d;]+)m/)
})

test.each([
  ['a command that is none', ['lauch'], 2],
  ['a flag that is none', ['status', '--nosuch'], 2],
  ['no run sheet', ['plan'], 2],
  ['a question and nobody to ask', ['init', '--dry-run'], 0],
  ['no launch to look at', ['canary', 'status', '--sandbox'], 2],
])('%s: the exit code says it, stdout holds a result or nothing', async (_what, line, exitCode) => {
  await using dir = await tempDir()
  for (const [, env] of surroundings) {
    const ran = await runBin(line, { cwd: dir.path, env })
    expect(ran.exitCode).toBe(exitCode)
    expect(ran.stdout === '').toBe(exitCode !== 0)
    expect(ran.stderr === '').toBe(exitCode === 0)
    expect(ran.stdout + ran.stderr).not.toContain(escape)
  }
})
