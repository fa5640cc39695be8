// Adds up vitest's JSON reports: names what failed, then prints `N passed, N failed, N skipped`; exits 1 when anything failed or a
// report is missing.
import { readFileSync } from 'node:fs'

const sum = { passed: 0, failed: 0, skipped: 0 }
for (const file of process.argv.slice(2)) {
  try {
    const report = JSON.parse(readFileSync(file, 'utf8'))
    const unloaded = report.testResults.filter(
      (suite) => suite.status === 'failed' && suite.assertionResults.length === 0,
    )
    const broken = unloaded.length
    for (const { name, message } of unloaded) tell(name, message)
    for (const { name, assertionResults } of report.testResults)
      for (const { status, fullName, failureMessages } of assertionResults)
        if (status === 'failed') tell(`${name}: ${fullName}`, failureMessages[0])
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

/** The runner's own account of it is a thousand lines further up by then. */
function tell(what, why) {
  process.stderr.write(
    `failed: ${what}\n  ${String(why ?? '')
      .slice(0, 2000)
      .replaceAll('\n', '\n  ')}\n`,
  )
}
