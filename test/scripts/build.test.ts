import { execFile } from 'node:child_process'
import { cp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { runBin } from '../support/run-bin.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = `
import { launchVersion } from './version.ts'
if (process.argv[2] === '--version') console.log(launchVersion)
else console.log((await import('./commands/status.ts')).status())`

test('the build is one executable entry, what is lazy is a chunk, and the version is the package’s', async () => {
  await using dir = await project()

  await build(dir)

  expect((await readFile(dir.file('dist/cli.js'), 'utf8')).split('\n')[0]).toBe('#!/usr/bin/env node')
  expect((await stat(dir.file('dist/cli.js'))).mode & 0o777).toBe(0o755)
  expect(await readdir(dir.file('dist/chunks'))).toContainEqual(expect.stringMatching(/^status-\w+\.js$/))
  const options = { cwd: dir.path, command: [dir.file('dist/cli.js')] as [string] }
  expect(await runBin(['--version'], options)).toMatchObject({ exitCode: 0, stdout: '9.8.7\n', stderr: '' })
  expect(await runBin([], options)).toMatchObject({ exitCode: 0, stdout: 'status: a: 1\n\n' })
  expect(await readFile(dir.file('dist/third-party-licenses.txt'), 'utf8')).toMatch(/^yaml \d/m)
})

test('a second build does nothing; a changed source and --force do, and a running launch keeps its chunks until --clean', async () => {
  await using dir = await project()
  await build(dir)
  const built = (await stat(dir.file('dist/cli.js'))).mtimeMs

  expect((await build(dir)).stderr).toBe('')
  expect((await stat(dir.file('dist/cli.js'))).mtimeMs).toBe(built)

  const chunks = await readdir(dir.file('dist/chunks'))
  await writeFile(dir.file('src/commands/status.ts'), "export const status = () => 'changed'")
  expect((await build(dir)).stderr).toMatch(/1 chunk/)
  expect(await readdir(dir.file('dist/chunks'))).toEqual(expect.arrayContaining(chunks))
  expect((await runBin([], { cwd: dir.path, command: [dir.file('dist/cli.js')] })).stdout).toBe('changed\n')

  await rm(dir.file('dist/cli.js'))
  await build(dir, '--force')
  expect((await stat(dir.file('dist/cli.js'))).isFile()).toBe(true)
  await build(dir, '--clean')
  expect(await readdir(dir.file('dist/chunks'))).toHaveLength(1)
})

test('a lost entry is built again although no source changed', async () => {
  await using dir = await project()
  await build(dir)
  await rm(dir.file('dist/cli.js'))

  await build(dir)

  expect((await stat(dir.file('dist/cli.js'))).isFile()).toBe(true)
})

test('where there are no sources, or no esbuild, the build that came along stays', async () => {
  await using tarball = await tempDir({ files: { 'package.json': '{}', 'dist/cli.js': 'shipped' } })
  await cp(`${root}/scripts`, tarball.file('scripts'), { recursive: true })
  expect((await build(tarball)).stderr).toMatch(/nothing to build/)
  expect(await readFile(tarball.file('dist/cli.js'), 'utf8')).toBe('shipped')

  await using production = await project()
  await rm(production.file('node_modules'))
  expect((await build(production)).stderr).toMatch(/esbuild is not installed/)
})

test('a source that does not compile fails the build and leaves the last one in place', async () => {
  await using dir = await project()
  await build(dir)
  const before = await readFile(dir.file('dist/cli.js'), 'utf8')
  await writeFile(dir.file('src/cli.ts'), 'const = ;')

  await expect(build(dir)).rejects.toMatchObject({ code: 1 })

  expect(await readFile(dir.file('dist/cli.js'), 'utf8')).toBe(before)
})

async function project(): Promise<TempDir> {
  const dir = await tempDir({
    files: {
      'package.json': JSON.stringify({ name: 'runsheet', version: '9.8.7', type: 'module' }),
      'src/cli.ts': program,
      'src/commands/status.ts':
        "import { stringify } from 'yaml'\nexport const status = () => `status: ${stringify({ a: 1 })}`",
    },
  })
  await cp(`${root}/src/version.ts`, dir.file('src/version.ts'))
  await cp(`${root}/scripts`, dir.file('scripts'), { recursive: true })
  await symlink(`${root}/node_modules`, dir.file('node_modules'))
  return dir
}

function build(dir: TempDir, ...args: readonly string[]): Promise<{ readonly stderr: string }> {
  return promisify(execFile)(process.execPath, [dir.file('scripts/build.mjs'), ...args], { cwd: dir.path })
}
