import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'

let project: LaunchProject

beforeAll(async () => {
  project = await launchProject()
  const staged = await project.run(['deploy', '--env', 'staging', '--sandbox'])
  if (staged.exitCode !== 0) throw new Error(staged.stderr)
}, 90_000)
afterAll(() => project[Symbol.asyncDispose]())

const launch = (...args: readonly string[]) => project.run([...args, '--env', 'staging', '--sandbox', '--keep'])

test('the releases of an environment are listed, and the one that is served is said to be', async () => {
  const listed = await launch('releases', 'list', '--json')
  expect(listed.exitCode, listed.stderr).toBe(0)
  const { current, releases } = JSON.parse(listed.stdout)
  expect(releases[0]).toMatchObject({ release: current, served: true, files: 4 })
  const text = await launch('releases', 'list')
  expect(text.stdout).toMatch(new RegExp(`${current}.*served`))
})

test('a release is shown file by file, and whether it could be gone back to', async () => {
  const shown = await launch('releases', 'show')
  expect(shown.exitCode, shown.stderr).toBe(0)
  expect(shown.stdout).toMatch(/index\.html .*html .*text\/html; charset=utf-8 .*max-age=0/)
  expect(shown.stdout).toContain('a rollback to it would find every file')
  const unknown = await launch('releases', 'show', 'r-none')
  expect(unknown.exitCode).not.toBe(0)
  expect(unknown.stderr).toContain('release r-none is not in')
})

test('pruning says what it keeps and why, and removes nothing that is served', async () => {
  const dry = await launch('releases', 'prune', '--dry-run', '--json')
  expect(dry.exitCode, dry.stderr).toBe(0)
  const { kept, keys } = JSON.parse(dry.stdout)
  expect(kept[0]).toMatchObject({ why: 'it is served' })
  expect(keys).toEqual([])
  const wrong = await launch('releases', 'prune', '--keep-last', '0')
  expect(wrong).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('--keep-last "0" is not a number') })
  const two = await launch('releases', 'prune', '--keep-last', '2', '--dry-run')
  expect(two.exitCode, two.stderr).toBe(0)
})

test('a dry run of a deploy prints the exact difference, file by file, and changes nothing', async () => {
  const same = await launch('deploy', '--dry-run')
  expect(same.exitCode, same.stderr).toBe(0)
  expect(same.stdout).toContain('0 files to publish (0.0 MB), 4 unchanged')
  await project.write('dist/robots.txt', 'User-agent: *\n')
  await project.write('dist/new.txt', 'new\n')
  const { stdout } = await launch('deploy', '--dry-run')
  expect(stdout).toMatch(/\+ new\.txt {2}4 bytes, mutable, text\/plain; charset=utf-8/)
  expect(stdout).toMatch(/~ robots\.txt {2}14 bytes, mutable/)
  expect(stdout).toContain('2 files to publish')
  const again = JSON.parse((await launch('releases', 'list', '--json')).stdout)
  expect(again.releases[0].files).toBe(4)
})
