import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/slow/**', 'dist/**', 'node_modules/**', 'examples/**'],
    globalSetup: ['test/support/waivers.ts'],
    // Forks: tests spawn processes, send signals and hold ports.
    pool: 'forks',
    maxWorkers: 2,
    // No module of ours keeps state, so one process can read them once for all its files: a fifth of the time.
    isolate: false,
    // What hangs is noticed all the same; a machine that is slow or busy is no failure.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    passWithNoTests: false,
    // A test that only passes because nothing was asserted, or a focused one left behind, is a failure.
    expect: { requireAssertions: true },
    allowOnly: false,
    coverage: { include: ['src/**/*.ts'], reporter: ['text-summary', 'json-summary'] },
  },
})
