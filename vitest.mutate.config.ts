import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

/** Tests a mutant of a folder is tried on, some thousand times: those of the folder, all in one process and quick. */
const tests: { readonly [folder: string]: readonly string[] } = {
  core: ['test/core/**/*.test.ts', 'test/gates/**/*.test.ts'],
  // Nearly every test of the core goes through these formulas some thousand times: the tests beside them are the ones that know them.
  'core/stats': ['test/core/stats/**/*.test.ts'],
  engine: ['test/engine/**/*.test.ts'],
  journal: ['test/journal/**/*.test.ts'],
}

/** Most mutants are noticed by a small test: those that play whole launches come last. */
class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toReversed()
  }
}

export default defineConfig({
  test: {
    include: [...(tests[process.env['MUTATE'] ?? 'core'] ?? [])],
    // These start processes.
    exclude: ['test/journal/golden.test.ts', 'test/journal/directory-processes.test.ts'],
    isolate: false,
    sequence: { sequencer: QuickFirst },
    // Instrumented, and often on a machine that is busy: what never ends is Stryker's own to notice.
    testTimeout: 60_000,
    passWithNoTests: false,
  },
})
