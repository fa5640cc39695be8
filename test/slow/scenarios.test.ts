import { describe, test } from 'vitest'
import { scenarioNames, scenarios, type ScenarioName } from '../../src/sandbox/scenario.ts'
import { playScenario, type Promised } from '../support/scenario-run.ts'

/** One for each stage a scenario may begin at; `LAUNCH_SEEDS=20` plays more. */
const seeds = Array.from({ length: Number(process.env['LAUNCH_SEEDS'] ?? 4) }, (_, index) => index + 1)
const stages = [10, 30, 50, 100] as const
/** Metrics that are hard to read, or an end before anything begins: a few worlds say it. */
const fewSeeds: readonly ScenarioName[] = ['slow-metrics', 'binned-latency', 'already-breaching']

/** What a rollback of each scenario has to name; `null`: production never saw users. */
const named: { readonly [name in ScenarioName]?: readonly string[] } = {
  'error-spike': ['Error rate'],
  slow: ['Board load', 'Drawer open'],
  'conflict-storm': ['OCC conflicts'],
}

/** The design's table: staged scenarios begin at 10, 30, 50 and 100 % in turn. */
function promisedFor(name: ScenarioName, seed: number): Promised {
  const { exit, staged } = scenarios[name]
  const stage = stages[seed % stages.length] ?? 10
  return {
    scenario: staged ? `${name}@${stage}` : name,
    exit,
    failing: named[name] ?? [],
    ...(staged ? { atMost: stage } : exit === 4 ? { atMost: 10 } : exit === 8 || exit === 3 ? { atMost: 0 } : {}),
  }
}

describe.each(scenarioNames())('auto in the scenario %s', (name) => {
  test.concurrent.each(fewSeeds.includes(name) ? seeds.slice(0, 5) : seeds)(
    'seed %i ends as promised, and flag, files, journal and report agree',
    async (seed) => {
      await playScenario(promisedFor(name, seed), seed)
    },
  )
})

describe.each(['no-traffic', 'throttled'])('auto --leave-held in the scenario %s', (scenario) => {
  test.concurrent.each(seeds.slice(0, 5))('seed %i leaves production where it stands', async (seed) => {
    await playScenario({ scenario, exit: 8, atMost: 10, args: ['--leave-held'] }, seed)
  })
})
