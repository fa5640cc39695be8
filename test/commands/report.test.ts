import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { goldenJournals, writeState } from '../support/golden-journals.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'

describe('report of a launch that was rolled back', () => {
  let project: LaunchProject
  beforeAll(async () => {
    project = await launchProject()
    const journal = (await goldenJournals()).find(({ name }) => name === 'rolled-back')
    if (journal) await writeState(journal, join(project.path, 'state'))
  })
  afterAll(() => project[Symbol.asyncDispose]())
  const report = (...args: readonly string[]) => project.run(['report', ...args, '--state', 'file:state'])
  const written = (name: string) => readFile(join(project.path, name), 'utf8')

  test('is printed as Markdown, and written as Markdown and as a page', async () => {
    const ran = await report()
    const folder = join(project.path, '.launch/reports')
    const [page = '', markdown = ''] = (await readdir(folder)).sort()

    expect(ran.stdout).toBe(await readFile(join(folder, markdown), 'utf8'))
    expect(ran.stderr).toBe(`written to ${join(folder, markdown)}\nas a page to ${join(folder, page)}\n`)
    expect(await readFile(join(folder, page), 'utf8')).toMatch(/^<!doctype html>/)
  })

  test('names both files to programs, and keeps its fields', async () => {
    const { launch, report: path, page, markdown } = JSON.parse((await report('--json')).stdout)

    expect(path).toBe(join(project.path, '.launch/reports', `${launch}.md`))
    expect(page).toBe(path.replace('.md', '.html'))
    expect(markdown).toBe(await readFile(path, 'utf8'))
  })

  test('goes to another file in the form its name says, and its path is all that is printed', async () => {
    for (const [name, start] of [
      ['a.html', '<!doctype html>'],
      ['b.md', '# StatusBoardV2'],
      ['c.json', '{\n  "schema": 1,'],
      ['deep/d.txt', '# StatusBoardV2'],
    ] as const) {
      const ran = await report('-o', name)
      expect(ran.stdout, ran.stderr).toBe(`${join(project.path, name)}\n`)
      expect((await written(name)).startsWith(start), name).toBe(true)
    }
  })

  test('as values has what the other forms are written from', async () => {
    const model = JSON.parse((await report('--format', 'json')).stdout)

    expect(model).toMatchObject({ schema: 1, status: 'FAILED', rollbacks: [{ percent: 30 }] })
    expect(model.charts.bands.map(({ percent }: { percent: number }) => percent)).toEqual([10, 30, 0])
    expect(JSON.stringify(model.gates)).not.toContain('"evidence"')
  })

  test('as values keeps its keys where a secret is a word', async () => {
    const args = ['report', '--format', 'json', '--state', 'file:state']
    const { stdout } = await project.run(args, { env: { AWS_SECRET_ACCESS_KEY: 'sandbox', PIN_TOKEN: 'rollbacks' } })

    const model = JSON.parse(stdout)
    expect(Object.keys(model)).toEqual(expect.arrayContaining(['schema', 'sandbox', 'rollbacks']))
    expect(stdout).toContain('"***:release-captain"')
    expect(stdout).not.toContain('sandbox:')
  })

  test('--format beats the name of the file', async () => {
    await report('-o', 'e.md', '--format', 'html')

    expect(await written('e.md')).toMatch(/^<!doctype html>/)
  })

  test('in a form there is not ends with 2 and says which there are', async () => {
    const ran = await report('--format', 'pdf')

    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toMatch(/there is no form of a report "pdf"[\s\S]*md, html or json/)
  })

  test('of a dry run writes nothing', async () => {
    const ran = await report('-o', 'never.html', '--dry-run')

    expect(ran.stdout).toContain('dry run: would write')
    await expect(written('never.html')).rejects.toThrow('ENOENT')
  })
})
