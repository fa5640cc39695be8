import { execFile } from 'node:child_process'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { checkKinds } from '../src/gates/registry.ts'
import { importsOf, law, lintOverrides, offence } from './support/import-law.ts'
import { tempDir } from './support/temp-dir.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const sources = await filesBelow('src')
const tests = await filesBelow('test')

/** Casts left in src, each with a comment that says who guarantees it. May only go down. */
const castBudget = 60
/** Where the world is touched: clocks, timers, the process. */
const edges = /^(?:host|sandbox|compose)\/|^(?:cli|context)\.ts$/
/** Logic without a test of its own, each for a reason. */
const tested = {
  'gates/registry.ts': 'a list; every kind in it is tested',
  'flags/registry.ts': 'a list; every store in it passes the contract suite',
  'steps/registry.ts': 'a list; every step in it is tested',
  'core/brand.ts': 'casts to names, and one date format that every journal test reads',
} as const

test('every import follows the law', () => {
  const imports = sources.flatMap(({ path, text }) => importsOf(path, text))

  // A checker that looked at nothing finds nothing.
  expect(sources.length).toBeGreaterThan(30)
  expect(imports.length).toBeGreaterThan(100)
  expect(imports.map(offence).filter((found) => found !== null)).toEqual([])
})

test('every folder of src has a row in the law', async () => {
  const entries = await readdir(join(root, 'src'))

  expect(entries.filter((name) => !(name in law))).toEqual([])
})

test('the checker sees every way to import, and nothing in comments', () => {
  const planted = `
    import { a } from '../aws/a.ts'
    import type { B } from "../engine/b.ts"
    import {
      c,
    } from '../ui/c.ts'
    export * from '../host/d.ts'
    export { e } from '../sandbox/e.ts'
    import '../report/f.ts'
    const g = await import('../commands/g.ts')
    // import { h } from '../aws/h.ts'
    /* import { i } from '../aws/i.ts' */
    import { createHash } from 'node:crypto'
    import { readFile } from 'node:fs/promises'
    import { S3Client } from '@aws-sdk/client-s3'
    import { z } from 'zod'
    import { own } from './own.ts'`

  const imports = importsOf('core/planted.ts', planted)

  expect(imports).toHaveLength(12)
  expect(imports.filter((one) => offence(one) !== null).map((one) => one.specifier)).toEqual([
    '../aws/a.ts',
    '../engine/b.ts',
    '../ui/c.ts',
    '../host/d.ts',
    '../sandbox/e.ts',
    '../report/f.ts',
    'node:fs/promises',
    '@aws-sdk/client-s3',
    '../commands/g.ts',
  ])
  expect(offence({ from: 'core/stats/x.ts', specifier: '../../aws/a.ts', typeOnly: false })).not.toBeNull()
  expect(offence({ from: 'core/stats/x.ts', specifier: '../verdict.ts', typeOnly: false })).toBeNull()
  expect(offence({ from: 'commands/x.ts', specifier: '../context.ts', typeOnly: true })).toBeNull()
  expect(offence({ from: 'commands/x.ts', specifier: '../context.ts', typeOnly: false })).not.toBeNull()
})

test('the linter enforces the same law: planted imports are caught, allowed ones pass', async () => {
  const config = await readFile(join(root, '.oxlintrc.json'), 'utf8')
  const written = JSON.parse(config).overrides.filter((one: { rules: object }) => 'no-restricted-imports' in one.rules)
  expect(written, '.oxlintrc.json and test/support/import-law.ts differ').toEqual(lintOverrides())

  const targets = Object.keys(law).map((place) => (place.endsWith('.ts') ? place : `${place}/x.ts`))
  const specifiers = (up: string) => [
    ...targets.map((path) => up + path),
    'node:crypto',
    'node:fs',
    'node:fs/promises',
    'chalk',
    'execa',
    'zod',
    'yaml',
    '@aws-sdk/client-s3',
    '@smithy/types',
  ]
  const planted = Object.keys(law).flatMap((place) => {
    const paths = place.endsWith('.ts')
      ? [[place, './'] as const]
      : ([
          [`${place}/planted.ts`, '../'],
          [`${place}/deep/planted.ts`, '../../'],
        ] as const)
    return paths.map(([path, up]) => ({
      path,
      lines: specifiers(up).flatMap((name, index) => [
        `import { a${index} } from '${name}'`,
        `import type { A${index} } from '${name}'`,
      ]),
    }))
  })
  await using dir = await tempDir({
    files: {
      '.oxlintrc.json': config,
      ...Object.fromEntries(planted.map(({ path, lines }) => [`src/${path}`, lines.join('\n')])),
    },
  })
  const printed = await lint(dir.path)

  const caught = [...printed.matchAll(/^(?:\.\/)?src\/(\S+?):(\d+):\d+: .*no-restricted-imports/gm)].map(
    ([, path, line]) => `${path}:${line}`,
  )
  const unlawful = planted.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) =>
      importsOf(path, line).some((one) => offence(one) !== null) ? [`${path}:${index + 1}`] : [],
    ),
  )
  expect(unlawful.length).toBeGreaterThan(200)
  expect({
    missed: unlawful.filter((one) => !caught.includes(one)),
    wronged: caught.filter((one) => !unlawful.includes(one)),
  }).toEqual({ missed: [], wronged: [] })
}, 60_000)

test('time, chance and the process are touched at the edges only', async () => {
  const config = await readFile(join(root, '.oxlintrc.json'), 'utf8')
  const touching = [
    'Date.now()',
    'Math.random()',
    'process.env',
    'setTimeout(() => {}, 1)',
    'performance.now()',
    'fetch("x")',
    'console.log(1)',
  ]
  await using dir = await tempDir({
    files: {
      '.oxlintrc.json': config,
      'src/engine/planted.ts': touching.map((code, index) => `export const a${index} = ${code}`).join('\n'),
    },
  })

  const printed = await lint(dir.path)

  expect(
    [...new Set([...printed.matchAll(/planted\.ts:(\d+):/g)].map(([, line]) => Number(line)))].sort((a, b) => a - b),
  ).toEqual(touching.map((_, index) => index + 1))
  const wallClock = sources.filter(
    ({ path, text }) => !edges.test(path) && /new Date\(\)|from 'node:(?:process|timers)/.test(text),
  )
  expect(wallClock.map(({ path }) => path)).toEqual([])
})

test('no file is named after nothing', () => {
  const vague = /^(?:utils?|helpers?|common|shared|misc|index|lib|types?|constants)\.ts$/
  const allowed = new Set(['sandbox/types.ts'])

  expect(sources.map(({ path }) => path).filter((path) => vague.test(basename(path)) && !allowed.has(path))).toEqual([])
})

test('no module keeps state or does something when it is imported', () => {
  const kept = sources.flatMap(({ path, text }) => {
    const lines = text
      .split('\n')
      .filter((line) =>
        /^(?:export )?(?:let|var) |^(?:export )?const \w+(?:: [^=]+)? = new (?:Map|Set|WeakMap|Array)(?:<.*>)?\(\)/.test(
          line,
        ),
      )
    return lines.map((line) => `${path}: ${line}`)
  })
  const doing = sources.filter(
    ({ path, text }) =>
      path !== 'cli.ts' && /^(?:await |void )?[a-z][\w.]*\(.*$/m.test(text.replaceAll(/\/\*[\s\S]*?\*\//g, '')),
  )

  expect(kept).toEqual([])
  expect(doing.map(({ path }) => path)).toEqual([])
})

test('casts stay few and the compiler is never silenced', () => {
  const casts = sources.flatMap(({ path, text }) => {
    const code = text
      .replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
      .replaceAll(/^\s*(?:import|export)\s[^'"=]*from.*$/gm, '')
      .replaceAll(/'[^'\n]*'|`[^`]*`/g, "''")
    return Array.from(code.matchAll(/\sas (?!const\b)[A-Z{(a-z][^\n]*/g), ([cast]) => `${path}:${cast}`)
  })
  const silenced = sources.filter(({ text }) => /@ts-(?:ignore|expect-error|nocheck)/.test(text))

  expect(casts.length, casts.join('\n')).toBeLessThanOrEqual(castBudget)
  expect(silenced.map(({ path }) => path)).toEqual([])
})

test('only its own file and the registry know a check kind by name', () => {
  // Words that are also the name of something else (a need, a command) cannot be told apart by reading.
  const ambiguous = new Set([
    'http',
    'command',
    'git',
    'artifact',
    'flag',
    'alarms',
    'confirm',
    'approval',
    'data',
    'count',
    'average',
    'baseline',
    'compare',
  ])
  const kinds = checkKinds.map(({ kind }) => kind as string).filter((kind) => !ambiguous.has(kind))
  const general = sources.filter(({ path }) => /^(?:core|engine|ui|report|commands|journal|runsheet)\//.test(path))

  expect(kinds.length).toBeGreaterThan(3)
  const known = general.flatMap(({ path, text }) =>
    kinds.filter((kind) => new RegExp(`(?:===|case) '${kind}'`).test(text)).map((kind) => `${path}: ${kind}`),
  )
  expect(known).toEqual([])
})

test('whatever judges, stores a flag or takes a step is tested by name, or is a piece of what is', () => {
  const paths = new Set(tests.map(({ path }) => path))
  const named = new Set(
    tests.flatMap(({ text }) => Array.from(text.matchAll(/\/src\/([\w/.-]+\.ts)'/g), ([, path]) => path)),
  )
  const isNamed = (path: string) => paths.has(path.replace(/\.ts$/, '.test.ts')) || named.has(path)
  // A piece that only its neighbour uses may be tested through it: one step, inside the folder.
  const pieces = new Set(
    sources
      .filter(({ path }) => isNamed(path))
      .flatMap(({ path, text }) =>
        importsOf(path, text).flatMap((one) =>
          one.specifier.startsWith('./') ? [join(dirname(path), one.specifier)] : [],
        ),
      ),
  )
  const logic = sources.filter(
    ({ path, text }) =>
      /^(?:core|gates|flags|steps|host)\//.test(path) &&
      /^(?:export )?(?:async )?function |^export const \w+ = (?:define|\()/m.test(text),
  )
  const isKind = (text: string) => /\bdefine(?:Check|Step|FlagStore)\(\{/.test(text)

  expect(logic.length).toBeGreaterThan(20)
  const untested = logic
    .filter(({ path, text }) => !isNamed(path) && !(path in tested) && (isKind(text) || !pieces.has(path)))
    .map(({ path }) => path)
  expect(untested, 'write test/<the same path>.test.ts, or import it by name in another test').toEqual([])
})

async function filesBelow(folder: string): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const names = (await readdir(join(root, folder), { recursive: true })).filter((name) => name.endsWith('.ts')).sort()
  return await Promise.all(
    names.map(async (path) => ({ path, text: await readFile(join(root, folder, path), 'utf8') })),
  )
}

/** What the linter prints about a folder, one finding a line; findings make it exit 1, which is not an error here. */
function lint(cwd: string): Promise<string> {
  const program = join(root, 'node_modules/.bin/oxlint')
  return new Promise((resolve, reject) => {
    execFile(program, ['-f', 'unix', '.'], { cwd, maxBuffer: 64 * 1024 * 1024 }, (error, stdout) =>
      stdout === '' && error ? reject(error) : resolve(stdout),
    )
  })
}
