import { test } from 'vitest'
import { playScenario } from '../support/scenario-run.ts'

test(
  'an error spike in the new version at 30 % is rolled back, and flag, files, journal and report say so',
  { timeout: 60_000 },
  async () => {
    await playScenario({ scenario: 'error-spike@30', exit: 4, failing: ['Error rate'], atMost: 30 }, 1)
  },
)

test('a damaged deploy puts the release before back', { timeout: 60_000 }, async () => {
  await playScenario({ scenario: 'deploy-corrupt', exit: 4, atMost: 0 }, 2)
})

test('without traffic a canary that is left held stays where it is', { timeout: 60_000 }, async () => {
  await playScenario({ scenario: 'no-traffic', exit: 8, atMost: 10, args: ['--leave-held'] }, 3)
})

test(
  'an old version that is broken already stops a launch before production changes',
  { timeout: 60_000 },
  async () => {
    await playScenario({ scenario: 'already-breaching', exit: 3, atMost: 0 }, 5)
  },
)

test('a sign-off that never comes ends before production changes', { timeout: 60_000 }, async () => {
  await playScenario({ scenario: 'unsigned', exit: 8, atMost: 0 }, 4)
})
