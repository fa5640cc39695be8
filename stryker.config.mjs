/**
 * Mutation testing of one folder of src with the tests of that folder: `npm run mutate` (all of them, one after another) or
 * `MUTATE=journal npx stryker run`. See docs/mutation.md.
 */
const folder = process.env['MUTATE'] ?? 'core'
const name = folder.replaceAll('/', '-')

const options = {
  mutate: [`src/${folder}/**/*.ts`, ...(folder === 'core' ? ['!src/core/stats/**'] : [])],
  testRunner: 'vitest',
  vitest: { configFile: 'vitest.mutate.config.ts', related: false },
  coverageAnalysis: 'perTest',
  // Tables and schemas that are built when a module is loaded: each such mutant would need a process of its own and all tests.
  ignoreStatic: true,
  concurrency: 2,
  // An endless loop is mostly noticed by its number of turns; this is for the others. A busy machine must not look like one.
  timeoutMS: 10_000,
  // The first run takes every test of the folder, instrumented: more than Stryker's own limit where little of a machine is free.
  dryRunTimeoutMinutes: 60,
  incremental: true,
  incrementalFile: `.stryker/${name}.incremental.json`,
  tempDirName: '.stryker/tmp',
  // tsconfig.json stays out: Stryker would rewrite its paths with an interface that TypeScript 7 no longer has; there is none to rewrite.
  ignorePatterns: ['.stryker', '.launch', 'dist', 'coverage', 'bench', 'examples', 'tsconfig.json'],
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: `.stryker/${name}.json` },
  thresholds: { high: 95, low: 85, break: 85 },
}

export default options
