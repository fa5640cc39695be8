import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runBin } from '../support/run-bin.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

let dir: TempDir
let tarball = ''
beforeAll(async () => {
  dir = await tempDir()
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir.path], { cwd: root })
  // npm prints one entry per package that it packed.
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[]
  tarball = dir.file(packed?.filename ?? '')
})
afterAll(() => dir[Symbol.asyncDispose]())

test('the package holds the program and the built example, not the workshop', async () => {
  const { stdout } = await run('tar', ['-tzf', tarball])
  const paths = stdout.trim().split('\n')

  expect(paths).toEqual(
    expect.arrayContaining([
      'package/dist/cli.js',
      'package/dist/third-party-licenses.txt',
      'package/LICENSE',
      'package/man/launch.1',
      'package/runsheet.yaml',
      'package/schema/runsheet.schema.json',
      'package/examples/statusboard/dist/index.html',
      'package/examples/statusboard/flows/run.mjs',
    ]),
  )
  const workshop = /\/(?:test|node_modules|\.launch|\.ci|\.stamp|\.git[^/]*)(?:\/|$)|\.(?:map|tgz)$|^package\/src\//
  expect(paths.filter((path) => workshop.test(path))).toEqual([])
})

test('installed from the tarball into an empty folder, a whole launch runs in the sandbox', async () => {
  const home = dir.file('empty')
  await run('mkdir', [home])
  await writeFile(`${home}/package.json`, '{}')
  await run('npm', ['install', '--omit=dev', '--no-audit', '--no-fund', tarball], { cwd: home })
  const launch = (...args: readonly string[]) =>
    runBin(args, { cwd: home, command: ['npx', '--no-install', 'launch'], timeoutMs: 180_000 })

  const version = await launch('--version')
  const whole = await launch('auto', '--sandbox', '--json')

  // Everything is bundled: nothing else is installed with it.
  expect((await readdir(`${home}/node_modules`)).filter((name) => !name.startsWith('.'))).toEqual(['runsheet'])
  expect(version.exitCode, version.stderr).toBe(0)
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(whole.exitCode, whole.stderr).toBe(0)
  const result = JSON.parse(whole.stdout)
  expect(result).toMatchObject({ outcome: 'succeeded', flag: { percent: 100 } })
  // Nothing drives a browser in an installed package: said check by check, and never shown as a pass.
  expect(waived(result)).toEqual(
    ['conflicts-safe', 'flow-board-loads', 'flow-drag-and-drop', 'flow-conflict', 'flow-drawer'].map((id) => ({
      id,
      why: expect.stringMatching(/installed$/),
    })),
  )
  expect(whole.stderr).toMatch(/waived +Drawer opens with correct data .*installed/)
})

type Result = {
  readonly gates: readonly {
    readonly checks: readonly { readonly id: string; readonly verdict: string; readonly why: string }[]
  }[]
}

function waived({ gates }: Result) {
  return gates
    .flatMap((gate) => gate.checks)
    .flatMap(({ id, verdict, why }) => (verdict === 'waived' ? [{ id, why }] : []))
}
