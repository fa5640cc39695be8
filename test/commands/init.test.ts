import { readdir, readFile, writeFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { loadSheet } from '../../src/runsheet/load.ts'
import { startPty } from '../support/pty.ts'
import { binPath, runBin } from '../support/run-bin.ts'
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
  test('fills in what flags say, and leaves nothing marked that is known', async () => {
    await using dir = await tempDir({
      files: {
        'package.json': JSON.stringify({
          name: 'web',
          scripts: { build: 'vite build' },
          devDependencies: { vite: '8' },
        }),
        'pnpm-lock.yaml': '',
        'vite.config.ts': "export default { build: { outDir: './www/', assetsDir: 'static' } }",
        '.git/HEAD': '',
      },
    })
    const place = (prefix: string) => [`--${prefix}bucket`, `${prefix}acme`, `--${prefix}url`, 'https://acme.example']
    const flags = [...place(''), '--distribution', 'E1', ...place('staging-'), '--staging-distribution', 'none']

    const ran = await runBin(['init', '--captain', 'Jo: "Doe"', '--state', 's3://acme-launches', ...flags, '--json'], {
      cwd: dir.path,
    })

    const sheet = await readFile(dir.file('runsheet.yaml'), 'utf8')
    const todo = sheet.split('\n').flatMap((line, i) => (line.includes('TODO') ? [i + 1] : []))
    expect(todo).toHaveLength(1)
    expect(JSON.parse(ran.stdout)).toMatchObject({
      framework: 'vite',
      build: ['pnpm', 'run', 'build'],
      output: 'www',
      todo,
    })
    const { sheet: read } = loadSheet(sheet, 'runsheet.yaml', {})
    expect(read).toMatchObject({
      captain: 'Jo: "Doe"',
      state: 's3://acme-launches',
      build: { run: ['pnpm', 'run', 'build'], output: 'www', immutable: ['static/**'] },
      environments: { production: { bucket: 'acme', distribution: 'E1' }, staging: { bucket: 'staging-acme' } },
    })
    expect(read.environments['staging']).not.toHaveProperty('distribution')
  })

  test('says what keeps a site from being launched, and marks it', async () => {
    await using dir = await tempDir({
      files: {
        'package.json': JSON.stringify({ scripts: { build: 'next build' }, dependencies: { next: '15' } }),
        'next.config.mjs': "export default {\n  // output: 'export',\n}",
        '.git/HEAD': '',
      },
    })
    const ran = await runBin(['init'], { cwd: dir.path })

    expect(ran.stdout).toContain("it cannot be launched yet: next.config needs output: 'export'")
    expect(ran.stdout).toContain('put it into .gitignore')
    expect(await readFile(dir.file('runsheet.yaml'), 'utf8')).toContain("# TODO next.config needs output: 'export'")
  })

  test('refuses a framework it does not know and an address that is none, and writes nothing', async () => {
    await using dir = await tempDir()
    const framework = await runBin(['init', '--framework', 'nxt'], { cwd: dir.path })
    expect(framework).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('next') })
    const address = await runBin(['init', '--url', 'acme'], { cwd: dir.path })
    expect(address).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('"acme" is not a web address') })
    expect(await readdir(dir.path)).toEqual([])
  })

  test('asks at a terminal what it cannot see; Enter leaves it for later', async () => {
    await using dir = await tempDir()
    await using pty = startPty([process.execPath, binPath, 'init', '--region', 'eu-west-1'], {
      cwd: dir.path,
      env: { PATH: process.env['PATH'], HOME: dir.path, LANG: 'C.UTF-8' },
    })
    const answers = [
      ['the captain (Enter: later): ', 'Jo Doe'],
      ['S3 bucket of production (Enter: later): ', 'acme'],
      ['address of production', ''],
      ['distribution of production', 'none'],
      ['S3 bucket of staging', ''],
      ['address of staging', ''],
      ['distribution of staging', ''],
    ] as const
    for (const [question, answer] of answers) {
      await pty.waitFor(question)
      pty.type(`${answer}\r`)
    }

    expect(await pty.exitCode).toBe(0)
    const sheet = await readFile(dir.file('runsheet.yaml'), 'utf8')
    expect(sheet).toContain('captain: "Jo Doe"\n')
    expect(sheet).toMatch(/production: \{ region: eu-west-1, bucket: acme, .* # TODO url\n/)
    expect(pty.screen()).toContain('left to fill in')
  }, 30_000)

  test('writes a run sheet for what is in the folder, and a launch of it runs in the sandbox', async () => {
    await using dir = await tempDir({ files })

    const ran = await runBin(['init'], { cwd: dir.path })
    const plan = await runBin(['plan'], { cwd: dir.path })
    const auto = await runBin(['auto', '--sandbox', '--json'], { cwd: dir.path, timeoutMs: 60_000 })

    expect(ran).toMatchObject({ exitCode: 0, stderr: '' })
    expect(ran.stdout).toContain('app clinic-board, a folder of files, built with npm run build into out')
    const sheet = await readFile(dir.file('runsheet.yaml'), 'utf8')
    const todo = sheet.split('\n').flatMap((line, i) => (line.includes('TODO') ? [i + 1] : []))
    for (const line of todo) expect(ran.stdout).toMatch(new RegExp(`^  ${line}: \\S`, 'm'))
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
