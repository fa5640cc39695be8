import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runBin } from '../support/run-bin.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

test('the package holds the program and the worked example, not the workshop', async () => {
  await using dir = await tempDir()
  const { stdout } = await run('tar', ['-tzf', await pack(dir)])
  const paths = stdout.trim().split('\n')

  expect(paths).toEqual(
    expect.arrayContaining([
      'package/dist/cli.js',
      'package/dist/third-party-licenses.txt',
      'package/LICENSE',
      'package/runsheet.yaml',
    ]),
  )
  expect(
    paths.filter(
      (path) => /\/(?:src|test|node_modules|\.launch|\.stamp)(?:\/|$)/.test(path) && !path.includes('/examples/'),
    ),
  ).toEqual([])
  expect(paths.filter((path) => /node_modules|examples\/statusboard\/dist/.test(path))).toEqual([])
})

test('installed from the tarball into an empty folder, a whole launch runs in the sandbox', async () => {
  await using dir = await tempDir()
  const tarball = await pack(dir)
  const home = dir.file('empty')
  await run('mkdir', [home])
  await writeFile(`${home}/package.json`, '{}')
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', tarball], { cwd: home })
  const launch = (...args: readonly string[]) =>
    runBin(args, { cwd: home, command: [`${home}/node_modules/.bin/launch`], timeoutMs: 120_000 })

  const version = await launch('--version')
  const whole = await launch('auto', '--sandbox', '--json')

  expect(version).toMatchObject({ exitCode: 0, stderr: '' })
  expect(whole.exitCode, whole.stderr).toBe(0)
  expect(JSON.parse(whole.stdout)).toMatchObject({ outcome: 'succeeded', flag: { percent: 100 } })
})

async function pack(dir: TempDir): Promise<string> {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', dir.path], { cwd: root })
  // npm prints one entry per package that it packed.
  const [packed] = JSON.parse(stdout) as readonly { readonly filename: string }[]
  return dir.file(packed?.filename ?? '')
}
