import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { planHash } from '../../src/runsheet/../core/plan-hash.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { smallSheet } from '../support/small-sheet.ts'

const rootSheet = readFileSync(new URL('../../runsheet.yaml', import.meta.url), 'utf8')
const planOf = (text: string, options = {}) => compilePlan(loadSheet(text, 'runsheet.yaml', {}), options)
const phase = (plan: ReturnType<typeof planOf>, id: string) => plan.phases.find((item) => item.id === id)

test('the worked example has the phases of the paper, in order, each in its environment', () => {
  const plan = planOf(rootSheet)
  expect(plan.phases.map(({ id, environment, gate, onFail }) => [id, environment, gate?.id ?? null, onFail])).toEqual([
    ['preconditions', 'production', 'preconditions', 'stop'],
    ['staging', 'staging', 'staging-ready', 'stop'],
    ['preflight', 'production', 'preflight', 'stop'],
    ['rollout', 'production', null, 'emergency'],
    ['full', 'production', 'full-rollout', 'emergency'],
    ['verify', 'production', 'verification', 'full'],
    ['closeout', 'production', 'closeout', 'hold'],
  ])
  expect(plan.approvals).toHaveLength(5)
  expect(plan.contacts).toHaveLength(5)
  expect(plan.escalation).toHaveLength(3)
  expect(plan.rollback.matrix).toHaveLength(4)
})

test('the window opens at 18:00 in Chicago, which is midnight UTC in December, for three hours', () => {
  const { window } = planOf(rootSheet)
  expect(new Date(window?.opensAt ?? 0).toISOString()).toBe('2026-12-02T00:00:00.000Z')
  expect(new Date(window?.closesAt ?? 0).toISOString()).toBe('2026-12-02T03:00:00.000Z')
})

test('a list that is used by another stands in its place, with unique ids', () => {
  const canary = phase(planOf(smallSheet), 'rollout')?.steps[1]?.gate
  expect(canary?.id).toBe('canary')
  expect(canary?.checks.map(({ id }) => id)).toEqual(['percentile-board-load', 'ratio-errors', 'count-errors'])
  expect(canary).toMatchObject({ everyMs: 30_000, patienceMs: 1_800_000, environment: 'production' })
})

test('checks of the same kind and subject are numbered', () => {
  const text = smallSheet.replace('canary: [{ use: slo }', 'canary: [{ use: slo }, { use: slo }')
  const ids = phase(planOf(text), 'rollout')?.steps[1]?.gate?.checks.map(({ id }) => id)
  expect(ids).toEqual([
    'percentile-board-load',
    'ratio-errors',
    'percentile-board-load-2',
    'ratio-errors-2',
    'count-errors',
  ])
})

test('a check knows the line it is written on, also through use', () => {
  const check = phase(planOf(smallSheet), 'rollout')?.steps[1]?.gate?.checks[0]
  expect(check?.at).toMatchObject({ file: 'runsheet.yaml', line: 14, col: 7 })
})

test('a check that judges a list has that list inside', () => {
  const steady = phase(planOf(rootSheet), 'full')?.gate?.checks.find(({ kind }) => kind === 'steady')
  expect(steady?.nested.map(({ id }) => id)).toEqual(['board-p95', 'drawer-average', 'error-rate'])
})

test('a monitor watches the gate of its phase', () => {
  const verify = phase(planOf(smallSheet), 'verify')
  expect(verify?.steps[0]?.gate?.id).toBe('ready')
})

test('a list that two phases judge is two gates', () => {
  const plan = planOf(smallSheet.replace('gate: ready', 'gate: slo'))
  expect([phase(plan, 'staging')?.gate?.id, phase(plan, 'verify')?.gate?.id]).toEqual(['slo', 'slo@verify'])
})

test('the decision matrix says what a failing check does, once there is something to roll back', () => {
  const plan = planOf(rootSheet)
  const canary = phase(plan, 'rollout')?.steps.find(({ kind }) => kind === 'canary')?.gate?.checks ?? []
  const specOf = (id: string) => canary.find((check) => check.id === id)?.spec
  expect(specOf('conflicts')).toMatchObject({ onFail: 'hold', persist: 2 })
  expect(specOf('conflict-spike')).toMatchObject({ onFail: 'hold', persist: 2 })
  expect(specOf('board-p95')).toMatchObject({ onFail: 'emergency' })
  const staging = phase(plan, 'staging')?.gate?.checks.find(({ id }) => id === 'board-p95')
  expect(staging?.spec.onFail).toBeUndefined()
})

test('the environment is filled in in checks and left for later in metrics', () => {
  const text = smallSheet.replace('kind: http, health: true', 'kind: alarms, names: ["demo-${environment}-5xx"]')
  const plan = planOf(text)
  expect(phase(plan, 'verify')?.gate?.checks[0]?.spec).toMatchObject({ names: ['demo-production-5xx'] })
  expect(plan.metrics['board-load']?.dimensions).toEqual({ Environment: '${environment}' })
  expect(plan.metrics['errors']?.sparse).toBe('requests')
})

test('a web address loses its last slash', () => {
  expect(planOf(smallSheet).environments['staging']?.url).toBe('https://staging.demo.example')
})

test('other canary stages replace those of the sheet', () => {
  const step = phase(planOf(smallSheet, { canaryStages: [5, 100] }), 'rollout')?.steps[1]
  expect(step?.spec).toMatchObject({ stages: [5, 100], bake: 600_000 })
})

test.each([[[50, 10]], [[0, 100]], [[]], [[50, 120]], [[Number.NaN]]])(
  'stages %j are refused as usage',
  (canaryStages) => {
    expect(() => planOf(smallSheet, { canaryStages })).toThrow(LaunchError)
  },
)

test('the duration of a launch is that of its steps', () => {
  // build 1 m, deploy 2 m, smoke 1 m, validate 30 s, deploy 2 m, four stages of 10 m, 15 m and 30 m of monitoring.
  // The board's slowest metric comes 2 minutes late in periods of 1: 3 more for each of four stages and both monitors.
  expect(planOf(rootSheet).plannedMs).toBe((1 + 2 + 1 + 0.5 + 2 + 4 * (10 + 3) + (15 + 3) + (30 + 3)) * 60_000)
})

test('a plan is plain JSON and the same sheet gives the same hash, wherever its lines are', () => {
  const plan = planOf(rootSheet)
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan)
  expect(planHash(planOf(`# a comment\n${rootSheet}`))).toBe(planHash(plan))
  expect(planHash(planOf(rootSheet.replace('below: 800ms }', 'below: 801ms }')))).not.toBe(planHash(plan))
})

test('the name of a webhook variable is in the plan, never an address', () => {
  expect(planOf(rootSheet).channels['primary']).toEqual({ name: '#releases', webhookEnv: 'SLACK_RELEASES' })
})
