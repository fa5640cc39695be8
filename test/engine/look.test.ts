import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import {
  needKey,
  seen,
  type Evidence,
  type Finding,
  type Minute,
  type Need,
  type Series,
} from '../../src/core/evidence.ts'
import { environmentOf } from '../../src/core/environment-of.ts'
import type { GateLook } from '../../src/core/move.ts'
import type { PlannedGate } from '../../src/core/plan.ts'
import { plannedGates } from '../../src/core/planned-gates.ts'
import { factsOf, isNews, judgedLook, needsOfLook, rolloutAt, subjectOf } from '../../src/engine/look.ts'
import { artifact, baking, begun, stateOf } from '../support/core-launch.ts'
import { artifactHash, commit, planHash } from '../support/journal-builder.ts'
import { tinyPlan, tinySheet } from '../support/launch-world.ts'
import { minuteMs as minute, series as seriesOf } from '../support/looks.ts'

/** Every kind of check there is something to say about. */
const sheet = tinySheet
  .replace(
    'slo: [{',
    `slo: [{ kind: confirm, id: calm, ask: Is it calm? }, { kind: command, id: flow, run: [flow] }, { kind: http, id: up, health: true },
    { kind: alarms, id: alarms, names: [five-hundreds] }, { kind: compare, id: as-old, bad: errors, of: requests, atMost: 200% }, {`,
  )
  .replaceAll('lag: 1m }', 'lag: 1m, variant: { dimension: V, canary: new, control: old } }')
const plan = tinyPlan(sheet)
const production = environmentOf(plan, 'production')
const gateOf = (of: typeof plan, id: string): PlannedGate => {
  const found = plannedGates(of).find((gate) => gate.id === id)
  if (!found) throw new Error(`no gate ${id}`)
  return found
}
const only = (gate: PlannedGate, ...ids: readonly string[]): PlannedGate => ({
  ...gate,
  checks: gate.checks.filter(({ id }) => ids.includes(id)),
})

const told = baking()
const state = stateOf(told.events)
const from = epochMs(Math.ceil(told.now() / minute) * minute)
const look = (more: Partial<GateLook> = {}): GateLook => ({
  gate: gateOf(plan, 'slo'),
  key: 'rollout/canary@10',
  phase: 'rollout',
  window: { from, to: epochMs(from + 6 * minute) },
  stage: 10,
  watch: false,
  ...more,
})
const kinds = (needs: readonly Need[]) => [...new Set(needs.map(({ need }) => need))].toSorted()

test('a look asks for all that its gate needs; one between two questions only for what can be asked again and again', () => {
  expect(kinds(needsOfLook(look(), plan, state))).toEqual(['alarms', 'answer', 'command', 'http', 'series'])
  const watched = needsOfLook(look({ watch: true }), plan, state)
  expect(kinds(watched)).toEqual(['alarms', 'http', 'series'])
  const judged = judgedLook(look({ watch: true }), plan, state, {})
  expect(judged.checks.map(({ id }) => id)).toEqual(['up', 'alarms', 'as-old', 'errors'])
})

test('before a canary what only compares the versions is not watched', () => {
  const before = look({ key: 'rollout/canary@0', stage: null, watch: true })
  expect(judgedLook(before, plan, state, {}).checks.map(({ id }) => id)).toEqual(['up', 'alarms', 'errors'])
})

test('a stage of a canary whose stages are judged as one belongs to a rollout; nothing else does', () => {
  expect(rolloutAt(look(), plan, state)).toMatchObject({ stages: expect.any(Array) })
  expect(rolloutAt(look({ stage: null }), plan, state)).toBeNull()
  expect(rolloutAt(look({ key: 'rollout/canary@30' }), plan, state)).toBeNull()
  expect(rolloutAt(look({ key: 'elsewhere/canary@10' }), plan, state)).toBeNull()
  const threshold = tinyPlan(sheet.replace('bake: 1m, every', 'judge: threshold, bake: 1m, every'))
  expect(rolloutAt(look(), threshold, state)).toBeNull()
})

test('the new version is judged where it serves: with a flag at nobody, or after a rollback, it is the old one', () => {
  const { flag } = state
  if (!flag) throw new Error('no flag')
  expect(subjectOf(state, production)).toBe('canary')
  expect(subjectOf({ ...state, flag: { ...flag, percent: 0 } }, production)).toBe('control')
  expect(subjectOf({ ...state, flag: null }, production)).toBe('control')
  const back = { type: 'rolled-back', kind: 'emergency', percent: 0, serial: 2, ms: 1, writeId: 'w', steps: [] }
  const rolledBack = { ...state, rollbacks: [back] } as unknown as typeof state
  expect(subjectOf(rolledBack, production)).toBe('control')
  expect(subjectOf(stateOf(begun().events), environmentOf(plan, 'staging'))).toBe('canary')
})

test('what a check may know of the launch is what its journal says', () => {
  const window = { from: epochMs(from - 30 * minute), to: from }
  const spreads = [{ perMs: 300_000, dispersion: 0.2, stretches: 96 }]
  const journal = begun(artifact).add(
    {
      type: 'baseline-captured',
      window,
      metrics: { requests: { count: 30, sum: 300 }, errors: { count: 3, sum: 2, quantiles: [1, 2, 3], spreads } },
      missing: { late: 'no answer' },
    },
    {
      type: 'approved',
      role: 'qa-lead',
      note: '',
      binding: { commit, artifact: artifactHash, plan: planHash },
    },
    { type: 'approved', role: 'po', note: '', binding: { commit: 'other', artifact: artifactHash, plan: planHash } },
  )
  const facts = factsOf(plan, stateOf(journal.events), production)
  expect(facts).toMatchObject({
    commit,
    artifact: artifactHash,
    environment: 'production',
    openedAt: journal.events[0]?.at,
    blockers: [],
    issues: [],
    baselineMissing: { late: 'no answer' },
  })
  expect(facts.baseline).toEqual({
    requests: { window, count: 30, sum: 300 },
    errors: { window, count: 3, sum: 2, spreads },
  })
  // A sign-off of another commit binds nothing here.
  expect(facts.approvals.map(({ role }) => role)).toEqual(['qa-lead'])
  expect(factsOf(plan, stateOf(begun().events), production)).toMatchObject({
    artifact: null,
    baseline: null,
    baselineMissing: {},
  })
})

const at = (n: number) => epochMs(from + n * minute)
const full = (n: number, sum: number): Minute => ({ start: at(n), count: 1, sum, over: null })
const series = (minutes: readonly Minute[], more: Partial<Series> = {}): Finding =>
  seen(seriesOf({ canary: minutes, control: minutes }, { lagMs: minute, ...more }))
const of = (metric: string): Need => ({ need: 'series', metric })
const quiet = tinyPlan()
const slo = gateOf(quiet, 'slo')
const evidenceOf = (requests: Finding, errors: Finding): Evidence => {
  const needs = needsOfLook(look({ gate: slo, stage: null, key: 'slo' }), quiet, state)
  return Object.fromEntries(
    needs.map((need) => [needKey(need), need.need === 'series' && need.metric === 'errors' ? errors : requests]),
  )
}
const judge = (requests: Finding, errors: Finding = requests, more: Partial<GateLook> = {}) =>
  judgedLook(look({ gate: slo, stage: null, key: 'slo', ...more }), quiet, state, evidenceOf(requests, errors))
const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, i) => full(first + i, 100))

test('evidence stands behind a gate as long as it is settled and there, the scarcest of its metrics', () => {
  const whole = series(range(0, 5))
  expect(judge(whole).bakedMs).toBe(5 * minute)
  expect(judge(whole, series(range(0, 2))).bakedMs).toBe(3 * minute)
  expect(judge(series([full(0, 1), full(4, 1)]), whole).bakedMs).toBe(2 * minute)
  expect(judge(whole, series(range(0, 5), { lagMs: 3 * minute })).bakedMs).toBe(3 * minute)
  expect(judge(whole, { status: 'missing', why: 'no answer' }).bakedMs).toBe(0)
  expect(judge({ status: 'missing', why: 'no answer' }, whole).verdict).toBe('unknown')
})

test('a gate without metrics bakes by the clock', () => {
  const asks = only(gateOf(plan, 'slo'), 'calm')
  expect(judgedLook(look({ gate: asks, stage: null, key: 'slo' }), plan, state, {}).bakedMs).toBe(6 * minute)
})

test('a check that reads the last minutes alone has no evidence missing before them', () => {
  const spike = tinyPlan(
    tinySheet.replace('slo: [{', 'slo: [{ kind: data, id: more, metrics: [errors], within: 10m }, {'),
  )
  const gate = only(gateOf(spike, 'slo'), 'more')
  const bare = look({ gate, stage: null, key: 'slo', window: { from, to: at(30) } })
  const needs = needsOfLook(bare, spike, state).filter(({ need }) => need === 'series')
  const [need] = needs
  if (need?.need !== 'series') throw new Error('no series')
  const back = need.lookbackMs ?? 0
  expect(back).toBeGreaterThan(0)
  const bakedWith = (minutes: readonly Minute[]) =>
    judgedLook(bare, spike, state, { [needKey(need)]: series(minutes) }).bakedMs
  const last = range(29 - back / minute, 28)
  // 29 settled minutes; a gap counts only where it was read.
  expect(bakedWith(range(0, 28))).toBe(29 * minute)
  expect(bakedWith(last)).toBe(29 * minute)
  expect(bakedWith(last.slice(1))).toBe(28 * minute)
})

test('the journal keeps what the window has, and the period before it; what a check looked back at stays whole', () => {
  const read = series(range(-5, 5), { alive: range(-5, 5).map(({ start }) => start) })
  const { evidence } = judge(read)
  const kept = evidence[needKey(of('requests'))]
  if (kept?.status !== 'seen') throw new Error('missing')
  // The need is one for a series.
  const { minutes, alive } = kept.value as Series
  expect([minutes.canary, minutes.control]).toEqual([range(-1, 5), range(-1, 5)])
  expect(alive).toEqual(range(-1, 5).map(({ start }) => start))

  const backward: Need = { need: 'series', metric: 'requests', lookbackMs: 5 * minute }
  const other: Need = { need: 'window', metric: 'requests', stat: 'p95' }
  const value = { window: look().window, query: 'q', values: { canary: 1 } }
  const gone = { status: 'missing', why: 'no answer' } as const
  const more = { [needKey(backward)]: read, [needKey(other)]: seen(value), [needKey(of('errors'))]: gone }
  expect(judgedLook(look({ gate: slo, stage: null, key: 'slo' }), quiet, state, more).evidence).toEqual(more)
})

test('a verdict says of what it is: gate, key, phase, stage, window, environment and files', () => {
  const built = stateOf(begun(artifact).events)
  expect(judgedLook(look({ gate: slo, stage: null, key: 'slo' }), quiet, built, {})).toMatchObject({
    type: 'gate-judged',
    gate: 'slo',
    key: 'slo',
    phase: 'rollout',
    environment: 'production',
    artifact: artifactHash,
    stage: null,
    window: look().window,
    verdict: 'unknown',
  })
  expect(
    judgedLook(look({ gate: slo, stage: null, key: 'slo' }), quiet, stateOf(begun().events), {}).artifact,
  ).toBeNull()
})

test('a stage of a rollout that is judged as one says what the rollout says; another gate has no word of it', () => {
  const found = series(range(0, 5))
  const evidence = evidenceOf(found, series(range(0, 5).map((one) => ({ ...one, sum: 0 }))))
  const stage = judgedLook(look({ gate: slo }), quiet, state, evidence)
  expect(stage).toMatchObject({ stage: 10, saying: expect.any(String) })
  expect(judge(found)).not.toHaveProperty('saying')
})

test('what was waived for a gate is waived at its looks; what was for the look before a canary, there alone', () => {
  const failing = series(range(0, 5))
  const at0 = { key: 'rollout/canary@0', stage: null }
  const waived = (gate: string, more: Partial<GateLook> = {}) => {
    const journal = begun(artifact).add({ type: 'waived', gate, check: 'errors', reason: 'known' })
    return judgedLook(
      look({ gate: slo, stage: null, key: 'slo', ...more }),
      quiet,
      stateOf(journal.events),
      evidenceOf(failing, failing),
    ).checks[0]
  }
  expect(waived('other')?.judgement.verdict).toBe('fail')
  expect(waived('slo')?.judgement.verdict).toBe('waived')
  expect(waived('slo@0')?.judgement.verdict).toBe('fail')
  expect(waived('slo@0', at0)?.judgement.verdict).toBe('waived')
  expect(waived('slo', at0)?.judgement.verdict).toBe('waived')
})

test('a look is news by its verdict, its words, its evidence, a check of its own, or a minute later', () => {
  const judged = judge(series(range(0, 5)))
  const before = stateOf(baking().add(judged).events).gates['slo']
  if (!before) throw new Error('not journaled')
  const later = (ms: number) => ({ ...judged, window: { ...judged.window, to: epochMs(before.at + ms) } })
  const now = later(0)
  expect(isNews(now, before)).toBe(false)
  expect(isNews(now, undefined)).toBe(true)
  expect(isNews({ ...now, verdict: 'pass' }, before)).toBe(true)
  expect(isNews({ ...now, saying: 'go-on' }, before)).toBe(true)
  expect(isNews({ ...now, bakedMs: now.bakedMs + minute }, before)).toBe(true)
  const checks = now.checks.map((check) => ({ ...check, judgement: { ...check.judgement, verdict: 'pass' } as const }))
  expect(isNews({ ...now, checks }, before)).toBe(true)
  expect([isNews(later(59_999), before), isNews(later(60_000), before)]).toEqual([false, true])
})
