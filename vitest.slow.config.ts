import { defineConfig } from 'vitest/config'

/** Suites that take minutes: every scenario over its seeds, the packed tarball, interoperation with other programs. */
export default defineConfig({
  test: {
    include: ['test/slow/**/*.test.ts'],
    globalSetup: ['test/support/waivers.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Launches of one file that run at once.
    maxConcurrency: 2,
    testTimeout: 600_000,
    hookTimeout: 120_000,
    passWithNoTests: false,
    allowOnly: false,
  },
})
