import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { looserLimits } from '../../src/runsheet/looser-limits.ts'
import { runBin } from '../support/run-bin.ts'
import { smallSheet } from '../support/small-sheet.ts'
import { tempDir } from '../support/temp-dir.ts'

/** The staging gate has these checks, the canary the ones of the small sheet. */
function withStaging(...checks: readonly string[]): string {
  return smallSheet
    .replace('gates:\n', `gates:\n  proof:\n${checks.map((check) => `    - ${check}\n`).join('')}`)
    .replace('gate: slo }', 'gate: proof }')
}

function warningsOf(text: string): readonly string[] {
  const loaded = loadSheet(text, 'runsheet.yaml', {})
  return looserLimits(compilePlan(loaded), loaded)
}

/** `line:col` of a text, the way an editor counts. */
function placeOf(text: string, said: string): string {
  const before = text.slice(0, text.indexOf(said)).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

const tighter = '{ kind: percentile, metric: board-load, percentile: 95, below: 500ms }'

test('a production limit that is looser than the staging one is told, with the place of each', () => {
  const text = withStaging(tighter)
  expect(warningsOf(text)).toEqual([
    `runsheet.yaml:${placeOf(text, '800ms }')} production is held to less than staging: "board-load p95 < 800ms" (below 800ms), ` +
      `"board-load p95 < 500ms" (below 500ms) at runsheet.yaml:${placeOf(text, '500ms }')}`,
  ])
})

test.each([
  ['the same limit', '{ kind: percentile, metric: board-load, percentile: 95, below: 800ms }'],
  ['a looser one in staging', '{ kind: ratio, bad: errors, of: requests, below: 5% }'],
  ['another percentile', '{ kind: percentile, metric: board-load, percentile: 50, below: 100ms }'],
  ['another stretch', '{ kind: count, metric: errors, per: 1m, below: 3 }'],
  ['one that is only looked at', '{ kind: ratio, bad: errors, of: requests, below: 0.1%, observe: true }'],
  [
    'another title and floor for the same',
    '{ kind: ratio, title: Errors, floor: 100, bad: errors, of: requests, below: 1% }',
  ],
])('%s is no reason to speak', (_, check) => {
  expect(warningsOf(withStaging(check))).toEqual([])
})

test('a limit said in other words is the same limit: title, floor, bands and who fails do not matter', () => {
  const check =
    '{ kind: ratio, id: own, title: Errors, floor: 50, bad: errors, of: requests, below: 0.5%, rollbackAt: 3% }'
  expect(warningsOf(withStaging(check))).toHaveLength(1)
})

test('the worked example keeps production to what staging was proven by', () => {
  expect(warningsOf(readFileSync(new URL('../../runsheet.yaml', import.meta.url), 'utf8'))).toEqual([])
})

test('plan and validate say it on the second stream and end as they would', async () => {
  await using dir = await tempDir({ files: { 'runsheet.yaml': withStaging(tighter) } })
  const plan = await runBin(['plan'], { cwd: dir.path })
  expect(plan).toMatchObject({
    exitCode: 0,
    stderr: expect.stringContaining('production is held to less than staging'),
  })
  expect(plan.stdout).not.toContain('held to less')
  const quiet = await runBin(['plan', '--quiet'], { cwd: dir.path })
  expect(quiet.stderr).toBe('')
  const validate = await runBin(['validate', '--sandbox'], { cwd: dir.path, timeoutMs: 30_000 })
  expect(validate.stderr).toContain('production is held to less than staging')
}, 40_000)
