import { expect, test } from 'vitest'
import { siteOf, type ProjectFiles } from '../../src/runsheet/site-kind.ts'

const folder = (about: object | null, configs: ProjectFiles['configs'] = {}, folders: readonly string[] = []) => ({
  about,
  configs,
  folders,
})
const using = (...names: readonly string[]) => ({
  devDependencies: Object.fromEntries(names.map((name) => [name, '1'])),
})

// Output folders and hashed files as the documentation of each project has them.
test.each([
  ['Vite', folder(using('vite')), { kind: 'vite', output: 'dist', immutable: ['assets/**'] }],
  ['Create React App', folder(using('react-scripts')), { kind: 'cra', output: 'build', immutable: ['static/**'] }],
  [
    'Astro, which builds with Vite',
    folder(using('vite', 'astro')),
    { kind: 'astro', output: 'dist', immutable: ['_astro/**'] },
  ],
  [
    'a Next.js export',
    folder(using('next'), { 'next.config.js': "module.exports = { output: 'export' }" }),
    { kind: 'next', output: 'out', immutable: ['_next/static/**'], lacks: null },
  ],
  [
    'SvelteKit with the static adapter',
    folder(using('vite', '@sveltejs/kit'), { 'svelte.config.js': "import adapter from '@sveltejs/adapter-static'" }),
    { kind: 'sveltekit', output: 'build', immutable: ['_app/immutable/**'], lacks: null },
  ],
  ['a configuration file alone', folder(null, { 'vite.config.mts': '' }), { kind: 'vite' }],
  ['a folder of files', folder(null, {}, ['src', '_site']), { kind: 'plain', output: '_site' }],
  ['an empty folder', folder(null), { kind: 'plain', output: 'dist' }],
])('%s is known by what it says', (_what, given, expected) => {
  expect(siteOf(given, null)).toMatchObject(expected)
})

test.each([
  ['distDir of Next.js', using('next'), 'next.config.ts', "{ output: 'export', distDir: 'site' }", 'site'],
  ['outDir of Vite', using('vite'), 'vite.config.js', '{ build: { outDir: "./www/" } }', 'www'],
  ['outDir of Astro', using('astro'), 'astro.config.mjs', "{ outDir: './public' }", 'public'],
  ['a setting that is commented out', using('vite'), 'vite.config.js', "{\n // outDir: 'old'\n}", 'dist'],
  ['a folder outside the project', using('vite'), 'vite.config.js', "{ outDir: '../elsewhere' }", 'dist'],
])('the output folder follows %s', (_what, about, name, config, output) => {
  expect(siteOf(folder(about, { [name]: config }), null).output).toBe(output)
})

test('what needs a server is told, whatever is in a comment', () => {
  const next = (config: string) => siteOf(folder(using('next'), { 'next.config.js': config }), null).lacks
  expect(next("// output: 'export'\nmodule.exports = {}")).toContain("needs output: 'export'")
  expect(next("module.exports = { output: 'standalone' }")).toContain("needs output: 'export'")
  const astro = folder(using('astro'), { 'astro.config.mjs': "{ output: 'server' }" })
  expect(siteOf(astro, null).lacks).toContain('no server')
})

test('a comment that nothing closes goes to the end of the configuration, also when there are many', () => {
  const config = `{ outDir: 'www' } ${'/* '.repeat(100_000)} outDir: 'old'`
  const before = process.cpuUsage()
  expect(siteOf(folder(using('vite'), { 'vite.config.js': config }), null).output).toBe('www')
  const slashes = `{ outDir: 'www${'/'.repeat(250_000)}x' }`
  expect(siteOf(folder(using('vite'), { 'vite.config.js': slashes }), null).output).toMatch(/^www\/+x$/)
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(1000)
})

test('Create React App is built without the source maps that an artifact must not have', () => {
  expect(siteOf(folder(using('react-scripts')), null).buildEnv).toEqual({ GENERATE_SOURCEMAP: 'false' })
})

test('what somebody says goes before what the folder says', () => {
  expect(siteOf(folder(using('next')), 'plain').kind).toBe('plain')
})
