// Adds up vitest's JSON reports: prints `N passed, N failed, N skipped` and exits 1 when anything failed or a report is missing.
import { readFileSync } from 'node:fs'

const sum = { passed: 0, failed: 0, skipped: 0 }
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const broken = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    ).length
    sum.passed += report.numPassedTests
    // A file that did not load has no failed test in it, and is a failure all the same.
    sum.failed += report.numFailedTests + broken + (report.success || report.numFailedTests + broken > 0 ? 0 : 1)
    sum.skipped += report.numPendingTests + report.numTodoTests
  } catch (error) {
    process.stderr.write(`no report of a test run: ${error.message}\n`)
    sum.failed += 1
  }
}
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped\n`)
process.exitCode = sum.failed > 0 || sum.passed === 0 ? 1 : 0
