import { expect, test } from 'vitest'
import { fileURLToPath } from 'node:url'
import { runBin } from '../support/run-bin.ts'
import { tempDir } from '../support/temp-dir.ts'

const script = fileURLToPath(new URL('../../scripts/count-tests.mjs', import.meta.url))
const report = (passed: number, failed: number, skipped: number, more: object = {}) =>
  JSON.stringify({
    success: failed === 0,
    numPassedTests: passed,
    numFailedTests: failed,
    numPendingTests: skipped,
    numTodoTests: 0,
    testResults: [],
    ...more,
  })

const runs = [
  {
    says: 'runs are added up',
    files: [report(10, 0, 1), report(5, 0, 2)],
    want: '15 passed, 0 failed, 3 skipped\n',
    exitCode: 0,
  },
  {
    says: 'a failure in any run fails',
    files: [report(10, 0, 0), report(5, 1, 0)],
    want: '15 passed, 1 failed, 0 skipped\n',
    exitCode: 1,
  },
  {
    says: 'a test file that did not load is a failure',
    files: [report(3, 0, 0, { success: false, testResults: [{ status: 'failed', assertionResults: [] }] })],
    want: '3 passed, 1 failed, 0 skipped\n',
    exitCode: 1,
  },
  {
    says: 'a run that failed without a failed test is a failure',
    files: [report(3, 0, 0, { success: false })],
    want: '3 passed, 1 failed, 0 skipped\n',
    exitCode: 1,
  },
  {
    says: 'a report cut short is a failure',
    files: [report(3, 0, 0), '{"numPassed'],
    want: '3 passed, 1 failed, 0 skipped\n',
    exitCode: 1,
  },
  {
    says: 'no test at all is not a success',
    files: [report(0, 0, 4)],
    want: '0 passed, 0 failed, 4 skipped\n',
    exitCode: 1,
  },
] as const

for (const { says, files, want, exitCode } of runs) {
  test(says, async () => {
    await using dir = await tempDir({ files: Object.fromEntries(files.map((text, index) => [`${index}.json`, text])) })

    const result = await runBin(
      files.map((_, index) => `${index}.json`),
      { cwd: dir.path, command: [process.execPath, script] },
    )

    expect(result).toMatchObject({ stdout: want, exitCode })
  })
}
