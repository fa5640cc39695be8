import { expect, test } from 'vitest'
import { build } from '../../src/steps/build.ts'
import { canary } from '../../src/steps/canary.ts'
import { monitor } from '../../src/steps/monitor.ts'
import { report } from '../../src/steps/report.ts'
import { smoke } from '../../src/steps/smoke.ts'
import { validate } from '../../src/steps/validate.ts'
import { flagAt } from '../contract/flag-at.ts'
import { baking, begun, lookedAt, plan as told, stateOf, verdictOf, worldAt } from '../support/core-launch.ts'
import { launchWorld, tinyPlan, tinySheet } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'
import type { ExecResult, ObjectStore } from '../../src/core/ports.ts'

const plan = tinyPlan(tinySheet.replace('flag: {', 'smoke: { run: [node, smoke.mjs], timeout: 2m }\nflag: {'))
const exec = (result: Partial<ExecResult>) => ({
  exec: {
    run: async () => ({ exitCode: 0, timedOut: false, ms: 1, tail: 'first\nlast line\n', ...result }),
    which: async () => null,
  },
})

test('a build gives the files of its output as the artifact, by one hash', async () => {
  const world = await launchWorld(plan)
  const { output, summary } = await perform(world, 'staging/build')
  expect(output.artifact).toMatchObject({ hash: expect.stringMatching(/^[0-9a-f]{64}$/), files: 3, manifest: 'dist' })
  expect(summary).toContain('3 files')
  expect(world.ran).toEqual([['make']])
  expect([
    build.repeatable(plan),
    build.repeatable(tinyPlan(tinySheet.replace('idempotent: true', 'idempotent: false'))),
  ]).toEqual([true, false])
})

test('a build says what it runs and with which environment, without what is secret', async () => {
  const world = await launchWorld(plan)
  const { build } = plan
  if (!build) throw new Error('the tiny plan has a build')
  const env = { VITE_BOARD: 'false', NPM_TOKEN: 'geheim' }
  const said: string[] = []
  const progress = (text: string) => void said.push(text)
  const given = { ...plan, build: { ...build, run: ['npm', 'run', 'build'], cwd: 'web', env } }
  await perform(world, 'staging/build', { plan: given, ports: { ...exec({ exitCode: 0 }), progress } })
  expect(said).toEqual(['runs VITE_BOARD=false NPM_TOKEN=*** npm run build in web'])
})

test('a build that fails, hangs or leaves files that are not fit says so', async () => {
  const world = await launchWorld(plan)
  await expect(perform(world, 'staging/build', { ports: exec({ exitCode: 2 }) })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
    message: 'make exited 2: last line',
  })
  await expect(
    perform(world, 'staging/build', { ports: exec({ timedOut: true, exitCode: 137 }) }),
  ).rejects.toMatchObject({ code: 'BUILD_FAILED', message: expect.stringContaining('within its time') })
  world.files.set('dist/assets/new.js.map', '{}')
  await expect(perform(world, 'staging/build')).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    message: expect.stringContaining('source maps'),
  })
  const { files } = await launchWorld(plan)
  const empty = { ...files, tree: async () => [] }
  await expect(perform(world, 'staging/build', { ports: { files: empty } })).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    message: 'dist has no index.html',
  })
  await expect(perform(world, 'staging/build', { plan: { ...plan, build: null } })).rejects.toMatchObject({
    code: 'BUILD_FAILED',
  })
})

test('a smoke test asks every health address and runs the command of the sheet', async () => {
  const world = await launchWorld(plan)
  expect(await perform(world, 'staging/smoke', { ports: exec({}) })).toEqual({
    summary: 'the health address answers 200; last line',
    output: {},
  })
  await expect(perform(world, 'staging/smoke', { ports: exec({ exitCode: 1 }) })).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: 'the smoke test of staging exited 1: last line',
  })
  const http = { get: async () => ({ status: 503, headers: {}, body: new Uint8Array(), ms: 1 }) }
  await expect(perform(world, 'staging/smoke', { ports: { http } })).rejects.toMatchObject({
    message: 'https://staging.tiny.example/api/health answers 503',
  })
  expect((await perform(world, 'staging/smoke', { plan: { ...plan, smoke: null } })).summary).toBe(
    'the health address answers 200',
  )
  expect(smoke.environment('staging', 'production')).toBe('staging')
})

test('a validation says what a rollback goes back to and where the flag stands', async () => {
  const world = await launchWorld(plan)
  expect((await perform(world, 'rollout/validate')).summary).toBe(
    'not staged yet; the site of today becomes release zero; flag off (no document yet), a change of it reaches users within 10s',
  )
  await perform(world, 'rollout/deploy')
  expect((await perform(world, 'rollout/validate')).summary).toMatch(/rollback goes to r-[0-9a-f]{12}; flag off/)
  expect(validate.changes(undefined, 'production')).toBe('nothing')
  await world
    .ports()
    .flag('production')
    .forceOff(flagAt(0, { key: 'new-board' }), never)
  expect((await perform(world, 'rollout/validate')).summary).toContain(
    'flag off, latched at 2026-12-01T18:00:00Z by ci@example.test, a change of it reaches users within 10s',
  )
})

type Looks = () => Promise<readonly string[]>
const settings = [
  {
    what: 'a distribution that hides what is missing',
    found: 'keeps every 404 for 300 s',
    of: 'distribution',
    named: 'error pages',
    deploy: { errorPages: 'refuse' },
    portsWith: (_production: ObjectStore, traps: Looks) => ({
      cdn: () => ({
        invalidate: async () => ({ status: 'started', id: 'I1' }) as const,
        invalidated: async () => true,
        traps,
      }),
    }),
  },
  {
    what: 'a bucket that others may open',
    found: 'does not block public access (BlockPublicAcls off)',
    of: 'bucket',
    named: 'access settings',
    deploy: { openBucket: 'refuse' },
    portsWith: (production: ObjectStore, openings: Looks) => ({ objects: () => ({ ...production, openings }) }),
  },
] as const

test.each(settings)('$what is warned about, or refused where the sheet says so', async (setting) => {
  const { found, of, named, deploy, portsWith } = setting
  const world = await launchWorld(plan)
  const validated = (look: Looks, more = {}) =>
    perform(world, 'rollout/validate', { ports: portsWith(world.production, look), ...more })
  const strict = { plan: { ...plan, deploy } }
  const finds = async () => [found]
  expect((await validated(finds)).summary).toContain(`warning: the ${of} ${found}`)
  await expect(validated(finds, strict)).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: `the ${of} of production ${found}`,
  })
  const silent = () => Promise.reject(new Error('AccessDenied'))
  expect((await validated(silent)).summary).toContain(`the ${named} cannot be read: AccessDenied`)
  await expect(validated(silent, strict)).rejects.toMatchObject({ code: 'STEP_FAILED' })
  expect((await validated(async () => [], strict)).summary).toMatch(
    /\(no document yet\), a change of it reaches users within 10s$/,
  )
})

test('a flag that cannot be understood stops the validation', async () => {
  const world = await launchWorld(plan)
  await world.production.put(
    'flags/new-board.json',
    new TextEncoder().encode('{}'),
    { contentType: '', cacheControl: '' },
    new AbortController().signal,
  )
  await expect(perform(world, 'rollout/validate')).rejects.toMatchObject({
    code: 'STEP_FAILED',
    message: expect.stringContaining('new-board'),
  })
})

test('a report step leaves the path of what it wrote', async () => {
  expect(await perform(await launchWorld(plan), 'closeout/report')).toEqual({
    summary: 'reports/launch.md',
    output: { report: { path: 'reports/launch.md' } },
  })
  expect(report.plannedMs(undefined)).toBe(0)
})

test('a canary reads its rules from the sheet and goes by them', () => {
  const spec = canary.spec.parse({ stages: ['10%', '50%', '100%'], bake: '10m', gate: 'slo' })
  expect(spec).toMatchObject({
    stages: [10, 50, 100],
    bake: 600_000,
    every: 30_000,
    extendUpTo: 3,
    onInconclusive: 'hold',
    maxUnattended: 900_000,
  })
  expect([canary.title(spec, 'production'), canary.plannedMs(spec), canary.gate(spec)]).toEqual([
    'canary 10% → 50% → 100%',
    1_800_000,
    { name: 'slo', everyMs: 30_000, patienceMs: 1_800_000 },
  ])
  // Every stage waits until its last minute counts.
  expect(canary.plannedMs(spec, 180_000)).toBe(3 * (600_000 + 180_000))
  const longer = canary.spec.parse({ stages: ['10%', '50%', '100%'], bake: '10m', lastBake: '30m', gate: 'slo' })
  expect(canary.plannedMs(longer, 180_000)).toBe(2 * 780_000 + 1_980_000)
  expect(canary.gate(longer)).toMatchObject({ patienceMs: 5_400_000 })
  expect([canary.rollout(spec), canary.rollout(longer)]).toEqual([
    { stages: [10, 50, 100], bakeMs: 600_000, extendUpTo: 3 },
    { stages: [10, 50, 100], bakeMs: 600_000, lastBakeMs: 1_800_000, extendUpTo: 3 },
  ])
  const step = told.phases.flatMap(({ steps }) => steps).find(({ kind }) => kind === 'canary')
  if (!step || !canary.next) throw new Error('no canary')
  expect(canary.next(step, told, stateOf(begun().events), worldAt(0))).toMatchObject({
    effect: { type: 'raise-flag', percent: 10 },
  })
  expect(() => canary.next?.({ ...step, gate: null }, told, stateOf(begun().events), worldAt(0))).toThrow('has no gate')
})

test('a monitor acts on a breach as its phase says, once this process has seen it', () => {
  const step = told.phases.flatMap(({ steps }) => steps).find(({ kind }) => kind === 'monitor')
  if (!step || !monitor.next) throw new Error('no monitor')
  const breached = baking(100).add({ type: 'step-intended', step: step.id, attempt: 'a' })
  breached.add(verdictOf(breached, step.id, 'fail'))
  const looks = lookedAt(breached.now(), step.id)
  const act = (onFail: 'emergency' | 'full' | 'hold' | 'stop', more = {}) => {
    const phases = told.phases.map((phase) => (phase.id === step.phase ? { ...phase, onFail } : phase))
    return monitor.next?.(
      step,
      { ...told, phases },
      stateOf(breached.events),
      worldAt(breached.now(), { looks, ...more }),
    )
  }
  expect(act('full')).toMatchObject({ effect: { type: 'roll-back', kind: 'full', trigger: 'monitor' } })
  expect(act('hold')).toMatchObject({ type: 'done', outcome: 'held' })
  expect(act('stop')).toMatchObject({ type: 'done', outcome: 'refused' })
  expect(act('full', { looks: new Map() })).toMatchObject({ type: 'look' })
})
