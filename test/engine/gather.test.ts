import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { needKey, type Need } from '../../src/core/evidence.ts'
import { artifactEvidence } from '../../src/engine/artifact-evidence.ts'
import { captureBaseline } from '../../src/engine/baseline.ts'
import { gather } from '../../src/engine/gather.ts'
import { environmentOf } from '../../src/core/environment-of.ts'
import { isNews, lookAt, subjectOf } from '../../src/engine/look.ts'
import { baking, begun, stateOf } from '../support/core-launch.ts'
import { launchWorld, tinyPlan } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { built } from '../support/step-world.ts'

const plan = tinyPlan()
const production = environmentOf(plan, 'production')
const http: Need = { need: 'http', url: 'https://tiny.example/api/health', timeoutMs: 1000 }
const command: Need = { need: 'command', run: ['flow'], timeoutMs: 1000, anyOf: ['chromium'] }

async function gathered(needs: readonly Need[], ports = {}, ranWell = new Map()) {
  const world = await launchWorld(plan)
  const state = stateOf(begun(await built(world)).events)
  const window = { from: world.clock.now(), to: epochMs(world.clock.now() + 300_000) }
  const evidence = await gather(
    needs,
    { plan, state, environment: production, window, ranWell },
    { ...world.ports(), ...ports },
    never,
  )
  return { world, found: needs.map((need) => evidence[needKey(need)]) }
}

test('every need gets its finding, and one that cannot be met says why', async () => {
  const needs: readonly Need[] = [
    http,
    command,
    { need: 'git' },
    { need: 'flag' },
    { need: 'artifact' },
    { need: 'series', metric: 'requests' },
    { need: 'answer', id: 'a', ask: 'Ready?' },
  ]
  const { found } = await gathered(needs)
  expect(found.map((finding) => finding?.status)).toEqual(['seen', 'seen', 'seen', 'seen', 'seen', 'seen', 'missing'])
  const fails = () => Promise.reject(new LaunchError('UNREACHABLE', 'no answer'))
  const failing = await gathered([http, { need: 'git' }, { need: 'series', metric: 'requests' }], {
    http: { get: fails },
    git: fails,
    metrics: fails,
  })
  for (const finding of failing.found) expect(finding).toEqual({ status: 'missing', why: 'no answer' })
})

test('a provider that answers fewer queries than it was asked leaves the rest missing', async () => {
  const { found } = await gathered(
    [
      { need: 'series', metric: 'requests' },
      { need: 'series', metric: 'errors' },
    ],
    { metrics: async () => [{ status: 'seen', value: 1 }] },
  )
  expect(found[1]).toMatchObject({ status: 'missing' })
})

test('a command that went well is not run again for the same files, one that failed is', async () => {
  const ranWell = new Map()
  const exec = (exitCode: number, ran: string[]) => ({
    exec: {
      run: async () => (ran.push('x'), { exitCode, timedOut: false, ms: 1, tail: '' }),
      which: async () => 'chromium',
    },
  })
  const ran: string[] = []
  await gathered([command], exec(1, ran), ranWell)
  await gathered([command], exec(0, ran), ranWell)
  await gathered([command], exec(0, ran), ranWell)
  expect(ran).toHaveLength(2)
  const absent = await gathered([command], {
    exec: { run: async () => Promise.reject(new Error('not run')), which: async () => null },
  })
  expect(absent.found[0]).toEqual({ status: 'seen', value: { ran: false, absent: 'none of chromium is installed' } })
})

test('a command runs in its folder with the words of its environment, one after another; one that outlasts its time ends with 124', async () => {
  const requests: unknown[] = []
  let running = 0
  const exec = {
    which: async () => null,
    run: async (request: unknown) => {
      requests.push(request)
      running += 1
      await Promise.resolve()
      expect(running).toBe(1)
      running -= 1
      return { exitCode: null, timedOut: requests.length === 2, ms: 7, tail: 'last words' }
    },
  }
  const first: Need = { need: 'command', run: ['a'], timeoutMs: 1000, anyOf: [] }
  const { found } = await gathered([first, { ...first, run: ['b'], cwd: 'e2e' }], { exec })
  expect(requests).toEqual([
    { argv: ['a'], cwd: '.', env: { LAUNCH_ENV: 'production' }, timeoutMs: 1000 },
    { argv: ['b'], cwd: 'e2e', env: { LAUNCH_ENV: 'production' }, timeoutMs: 1000 },
  ])
  expect(found).toEqual([
    { status: 'seen', value: { ran: true, exitCode: null, ms: 7, tail: 'last words' } },
    { status: 'seen', value: { ran: true, exitCode: 124, ms: 7, tail: 'last words' } },
  ])
})

test('of a page its status, its time and how it begins are kept', async () => {
  const page = new TextEncoder().encode('x'.repeat(1000))
  const get = async (_url: string, { timeoutMs }: { readonly timeoutMs: number }) => ({
    status: 503,
    ms: timeoutMs / 2,
    headers: {},
    body: page,
  })
  const { found } = await gathered([http], { http: { get } })
  expect(found[0]).toEqual({ status: 'seen', value: { status: 503, ms: 500, bodyStart: 'x'.repeat(200) } })
})

test('an answer that was journaled is seen, and one that nobody gave says what was asked', async () => {
  const { found } = await gathered([{ need: 'answer', id: 'a', ask: 'Ready?' }, { need: 'identity' }])
  expect(found[0]).toEqual({ status: 'missing', why: 'nobody answered "Ready?"' })
  expect(found[1]).toEqual({ status: 'seen', value: { account: '1', arn: 'arn:ci', rights: [] } })
  const world = await launchWorld(plan)
  const told = begun({ type: 'answered', question: 'a', answer: 'yes', by: 'captain', note: '', via: 'terminal' })
  const window = { from: world.clock.now(), to: world.clock.now() }
  const request = { plan, state: stateOf(told.events), environment: production, window, ranWell: new Map() }
  const need: Need = { need: 'answer', id: 'a', ask: 'Ready?' }
  const evidence = await gather([need], request, world.ports(), never)
  expect(evidence[needKey(need)]).toMatchObject({ status: 'seen', value: { answer: 'yes' } })
})

test('windows and alarms are asked of the provider with the series, in one question', async () => {
  const asked: unknown[] = []
  const needs: readonly Need[] = [
    { need: 'window', metric: 'requests', stat: 'p95' },
    { need: 'git' },
    { need: 'alarms', names: ['five-hundreds'] },
    { need: 'series', metric: 'requests' },
  ]
  const metrics = async (given: readonly Need[]) => {
    asked.push(given.map(({ need }) => need))
    return [{ status: 'seen', value: 1 }]
  }
  const { found } = await gathered(needs, { metrics })
  expect(asked).toEqual([['window', 'alarms', 'series']])
  expect(found[0]).toEqual({ status: 'seen', value: 1 })
  const unanswered = { status: 'missing', why: 'the provider did not answer this query' }
  expect([found[2], found[3]]).toEqual([unanswered, unanswered])
  const { found: none } = await gathered([{ need: 'git' }], { metrics: async () => Promise.reject(new Error('asked')) })
  expect(none[0]).toMatchObject({ status: 'seen' })
})

test('a command that went well is run again for other files, in another environment, or when it is another command', async () => {
  const ran: string[][] = []
  const exec = {
    which: async () => null,
    run: async ({ argv }: { readonly argv: readonly string[] }) => (
      ran.push([...argv]),
      { exitCode: 0, timedOut: false, ms: 1, tail: '' }
    ),
  }
  const world = await launchWorld(plan)
  const ranWell = new Map()
  const first: Need = { need: 'command', run: ['flow'], timeoutMs: 1000, anyOf: [] }
  const window = { from: world.clock.now(), to: world.clock.now() }
  const withFiles = stateOf(begun(await built(world)).events)
  const runWith = async (need: Need, state = withFiles, environment = production) => {
    await gather([need], { plan, state, environment, window, ranWell }, { ...world.ports(), exec }, never)
    return ran.length
  }
  expect(await runWith(first)).toBe(1)
  expect(await runWith(first)).toBe(1)
  expect(await runWith({ ...first, run: ['other'] })).toBe(2)
  expect(await runWith(first, stateOf(begun().events))).toBe(3)
  expect(await runWith(first, stateOf(begun().events))).toBe(3)
  expect(await runWith(first, withFiles, environmentOf(plan, 'staging'))).toBe(4)
})

test('of several programs that would do, all are named when none is there', async () => {
  const need: Need = { need: 'command', run: ['flow'], timeoutMs: 1000, anyOf: ['chromium', 'chrome'] }
  const { found } = await gathered([need], {
    exec: { run: async () => Promise.reject(new Error('run')), which: async () => null },
  })
  expect(found[0]).toEqual({ status: 'seen', value: { ran: false, absent: 'none of chromium, chrome is installed' } })
})

test('Ctrl-C while evidence is gathered is no finding', async () => {
  const over = AbortSignal.abort(new Error('interrupted'))
  const world = await launchWorld(plan)
  const fails = async () => Promise.reject(new LaunchError('UNREACHABLE', 'no answer'))
  const ports = { ...world.ports(), git: fails, metrics: fails }
  const window = { from: world.clock.now(), to: world.clock.now() }
  const request = { plan, state: stateOf(begun().events), environment: production, window, ranWell: new Map() }
  const needs: readonly Need[] = [{ need: 'git' }, { need: 'series', metric: 'requests' }]
  for (const need of needs) await expect(gather([need], request, ports, over)).rejects.toThrow('interrupted')
})

test('files that changed since the build are named as a problem', async () => {
  const world = await launchWorld(plan)
  const state = stateOf(begun(await built(world)).events)
  expect(await artifactEvidence(plan, state, world)).toMatchObject({ value: { problems: [], files: 3 } })
  world.files.set('dist/index.html', 'x')
  expect(await artifactEvidence(plan, state, world)).toMatchObject({
    value: { problems: [expect.stringContaining('the files changed since they were built')] },
  })
  expect(await artifactEvidence(plan, stateOf(begun().events), world)).toMatchObject({ status: 'missing' })
})

test('a look is news when the verdict or the settled evidence changed, not when nothing did', async () => {
  const world = await launchWorld(plan)
  const told = baking()
  const gate = plan.phases.flatMap(({ steps }) => steps).find(({ kind }) => kind === 'canary')?.gate
  if (!gate) throw new Error('no gate')
  const lookAfter = (ms: number) =>
    lookAt(
      {
        gate,
        key: 'k',
        phase: 'rollout',
        window: { from: told.now(), to: epochMs(told.now() + ms) },
        stage: 10,
        watch: false,
      },
      plan,
      stateOf(told.events),
      world.ports(),
      never,
    )
  const [early, settled] = [await lookAfter(60_000), await lookAfter(180_000)]
  expect([early.verdict, early.bakedMs, settled.verdict, settled.bakedMs]).toEqual(['unknown', 0, 'pass', 120_000])
  const before = stateOf(told.after('3m').add(settled).events).gates['k']
  expect([isNews(settled, undefined), isNews(settled, before), isNews(early, before)]).toEqual([true, false, true])
})

test('the new version is judged where it serves, the old one before', () => {
  expect([
    subjectOf(stateOf(begun().events), production),
    subjectOf(stateOf(baking().events), production),
    subjectOf(stateOf(begun().events), environmentOf(plan, 'staging')),
  ]).toEqual(['control', 'canary', 'canary'])
})

test('the baseline is what every metric did in the half hour before', async () => {
  const world = await launchWorld(plan)
  const session = await world.session()
  await captureBaseline(session, never)
  expect(session.state.baseline?.metrics).toMatchObject({ requests: { count: 30, sum: 30_000 }, errors: { sum: 0 } })
})
