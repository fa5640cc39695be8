import { readdir, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const build = `require('fs').mkdirSync('out', { recursive: true }); require('fs').writeFileSync('out/index.html', '<h1>hi</h1>')`
const files = {
  'package.json': JSON.stringify({
    name: '@acme/Clinic Board',
    version: '1.2.3',
    scripts: { build: 'node build.cjs' },
  }),
  'build.cjs': build,
  'out/index.html': '<h1>old</h1>',
}

describe('init', () => {
  test('writes a run sheet for what is in the folder, and a launch of it runs in the sandbox', async () => {
    await using dir = await tempDir({ files })

    const ran = await runBin(['init'], { cwd: dir.path })
    const plan = await runBin(['plan'], { cwd: dir.path })
    const auto = await runBin(['auto', '--sandbox', '--json'], { cwd: dir.path, timeoutMs: 60_000 })

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toContain('app clinic-board, built with npm run build into out')
    const sheet = await readFile(dir.file('runsheet.yaml'), 'utf8')
    const todo = sheet.split('\n').flatMap((line, i) => (line.includes('TODO') ? [i + 1] : []))
    expect(ran.stdout).toContain(`marked TODO: lines ${todo.join(', ')}`)
    expect(plan.stdout).toMatch(/Plan: 4 phases, \d+ checks, 2 steps changing production/)
    expect(JSON.parse(auto.stdout)).toMatchObject({ exitCode: 0, flag: { key: 'clinic-board-next', percent: 100 } })
  }, 60_000)

  test('leaves placeholders that a launch for real refuses by name, before anybody has to agree, and the sandbox only mentions', async () => {
    await using dir = await tempDir({ files })
    await runBin(['init'], { cwd: dir.path })
    const written = await readFile(dir.file('runsheet.yaml'), 'utf8')
    const todo = written.split('\n').flatMap((line, i) => (line.includes('TODO') ? [i + 1] : []))
    const mention = `runsheet.yaml still has placeholders, marked TODO: lines ${todo.join(', ')}`

    const real = await runBin(['auto'], { cwd: dir.path })
    expect(real).toMatchObject({ exitCode: 2, stdout: '' })
    expect(real.stderr).toContain(`runsheet.yaml:${todo[0]}:13 still a placeholder: who leads the launch`)
    expect(real.stderr).toContain('fill the line in, then take the TODO away')
    expect(real.stderr).not.toContain('--yes')
    for (const line of todo) expect(real.stderr).toContain(`runsheet.yaml:${line}:`)

    const dry = await runBin(['auto', '--dry-run'], { cwd: dir.path })
    expect([dry.exitCode, dry.stdout]).toEqual([0, expect.stringContaining(mention)])
    const plan = await runBin(['plan'], { cwd: dir.path })
    expect([plan.exitCode, plan.stdout]).toEqual([0, expect.stringContaining(mention)])
    const json = await runBin(['plan', '--json'], { cwd: dir.path })
    expect(JSON.parse(json.stdout)).toMatchObject({ placeholders: todo.map((line) => ({ line })) })
    const validate = await runBin(['validate', '--sandbox'], { cwd: dir.path })
    expect(validate.stderr).toContain(mention)

    await writeFile(dir.file('runsheet.yaml'), written.replaceAll(/ # TODO .*$/gm, ''))
    const filled = await runBin(['auto'], { cwd: dir.path })
    expect(filled.exitCode).toBe(2)
    expect(filled.stderr).toContain('--yes')
  }, 60_000)

  test('does not touch a run sheet that is there, unless it is told to', async () => {
    await using dir = await tempDir({ files: { 'runsheet.yaml': 'mine\n' } })

    const refused = await runBin(['init'], { cwd: dir.path })
    expect(refused).toMatchObject({ exitCode: 2 })
    expect(refused.stderr).toContain('is there already\n  launch init --force replaces it')
    expect(await readFile(dir.file('runsheet.yaml'), 'utf8')).toBe('mine\n')

    const dry = await runBin(['init', '--force', '--dry-run'], { cwd: dir.path })
    expect(dry.stdout).toMatch(/^dry run: would write/)
    expect(await readFile(dir.file('runsheet.yaml'), 'utf8')).toBe('mine\n')

    const forced = await runBin(['init', '--force'], { cwd: dir.path })
    expect(forced.exitCode).toBe(0)
    expect(await readFile(dir.file('runsheet.yaml'), 'utf8')).toContain('runsheet: 1')
  })

  test.each([
    ['an empty folder', {}],
    ['a package.json that is not JSON', { 'package.json': '{' }],
    ['a name that is no name', { 'package.json': '{ "name": "@x/___", "scripts": 3 }' }],
    [
      'a name that tries to be YAML',
      { 'package.json': JSON.stringify({ name: 'a: [}\n!!js', scripts: { build: '' } }) },
    ],
  ])('writes a run sheet that holds together for %s', async (_what, given) => {
    await using dir = await tempDir({ files: given })

    const ran = await runBin(['init'], { cwd: dir.path })
    const plan = await runBin(['plan', '--json'], { cwd: dir.path })

    expect(ran.exitCode).toBe(0)
    expect(JSON.parse(plan.stdout)).toMatchObject({ exitCode: 0, plan: { schema: 1 } })
    expect((await readdir(dir.path)).filter((name) => name !== 'package.json')).toEqual(['runsheet.yaml'])
  })
})

test('schema prints the JSON Schema that is in the repository', async () => {
  await using dir = await tempDir()

  const ran = await runBin(['schema'], { cwd: dir.path })

  const kept: unknown = JSON.parse(
    await readFile(new URL('../../schema/runsheet.schema.json', import.meta.url), 'utf8'),
  )
  expect(JSON.parse(ran.stdout)).toEqual(kept)
})
