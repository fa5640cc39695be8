import { epochMs } from '../../src/core/brand.ts'
import type { Goal } from '../../src/core/decide.ts'
import type { Actor, LaunchEvent } from '../../src/core/event.ts'
import { seen, type Minute } from '../../src/core/evidence.ts'
import type { FlagState } from '../../src/core/flag.ts'
import type { Plan } from '../../src/core/plan.ts'
import type { Answer, ObjectStore, People, Question, StateStore } from '../../src/core/ports.ts'
import { fold } from '../../src/core/reduce.ts'
import type { LaunchState } from '../../src/core/state.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { run } from '../../src/engine/run.ts'
import type { RunEnd, Session, Watcher } from '../../src/engine/session.ts'
import { startSession } from '../../src/engine/start-session.ts'
import { openFlagStore } from '../../src/flags/registry.ts'
import { launches, type OpenRequest } from '../../src/journal/launches.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'
import { manualClock } from './manual-clock.ts'
import { memoryFiles } from './memory-files.ts'
import { memoryObjectStore } from './memory-object-store.ts'
import { memoryStateStore } from './memory-state-store.ts'
import { never, noWait } from './real-time.ts'
import { siteHttp } from './site-http.ts'
import { noServices } from './no-services.ts'
import { tapped, type Tap } from './tapped.ts'

/** A whole launch, as short as it can be: build, stage, deploy, 10 %, 100 %, watch, report. */
export const tinySheet = `runsheet: 1
app: tiny
environments:
  staging: { region: us-east-1, bucket: tiny-staging, url: "https://staging.tiny.example", health: [/api/health] }
  production: { region: us-east-1, bucket: tiny, url: "https://tiny.example", health: [/api/health] }
build: { run: [make], output: dist, immutable: [assets/**], idempotent: true }
flag: { key: new-board, default: off, store: { kind: s3, path: /flags/new-board.json } }
metrics:
  requests: { namespace: Tiny, name: Requests, lag: 1m }
  errors: { namespace: Tiny, name: Errors, lag: 1m }
gates:
  slo: [{ kind: ratio, id: errors, bad: errors, of: requests, below: 1% }]
  ready: [{ kind: artifact, id: files }, { kind: approval, id: signed, roles: [qa-lead] }]
  full: [{ use: slo }, { kind: flag, id: at-100, percent: 100% }]
  closeout: [{ kind: confirm, id: told, ask: Is everybody told? }]
approvals: [{ role: qa-lead, statement: All scenarios passed }]
phases:
  - { id: staging, run: [build, { deploy: staging }, { smoke: staging }], gate: ready, patience: 1m }
  - { id: rollout, run: [validate, { deploy: production }, { canary: { stages: [10%, 100%], bake: 1m, every: 30s, gate: slo } }] }
  - { id: verify, run: [{ monitor: 1m }], gate: full, onFail: full }
  - { id: closeout, run: [report], gate: closeout, onFail: hold }
`

export function tinyPlan(text = tinySheet): Plan {
  return compilePlan(loadSheet(text, 'runsheet.yaml', {}))
}

/** 2026-12-01T18:00:00Z */
const worldStart = Date.UTC(2026, 11, 1, 18)
const oldSite = { 'index.html': '<html>old</html>', 'robots.txt': 'old', 'assets/old.js': 'old()' }
const newSite = { 'dist/index.html': '<html>new</html>', 'dist/robots.txt': 'new', 'dist/assets/new.js': 'new()' }

export type LaunchWorld = {
  readonly plan: Plan
  readonly clock: ReturnType<typeof manualClock>
  readonly production: ObjectStore
  readonly staging: ObjectStore
  readonly store: StateStore
  readonly files: ReturnType<typeof memoryFiles>
  /** Every question that was asked, and what commands ran. */
  readonly asked: Question[]
  readonly ran: string[][]
  /** What people say; null: nobody is there. */
  answer: (question: Question) => Pick<Answer, 'answer'> | null
  /** Share of requests that fail in a minute, by the production flag of now. */
  errorShare: (percent: number) => number
  /** False: the metrics have no data. */
  traffic: boolean
  /** One more process: opens or attaches to the launch and drives it. */
  drive(options?: Drive): Promise<RunEnd>
  /** Another process's session, without driving. */
  session(options?: Drive): Promise<Session>
  ports(tap?: Tap, actorName?: string): EnginePorts
  state(): Promise<LaunchState>
  events(): Promise<readonly LaunchEvent[]>
  flag(): Promise<FlagState | null>
}
export type Drive = {
  readonly tap?: Tap
  readonly goal?: Goal
  readonly leaveHeld?: boolean
  readonly guided?: boolean
  readonly signal?: AbortSignal
  readonly watcher?: Watcher
  readonly request?: Partial<OpenRequest>
  /** Takes up the newest launch, ended or not; opens one only when there is none. */
  readonly resume?: boolean
}

const quiet: Watcher = { onEvent: () => {}, onProgress: () => {} }
const straight: Tap = (_call, go) => go()
/**
 * No launch of a test makes a third as many: one that makes more has no end, and says so before it takes minutes. Reading files
 * does not count: there may be ten thousand of them, and a launch without an end asks the clock and the journal.
 */
const mostCalls = 10_000
const actor: Actor = { name: 'ci', host: 'runner', run: '1' }

/** A site that was there before, people who agree to everything, metrics without errors. */
export async function launchWorld(plan: Plan = tinyPlan()): Promise<LaunchWorld> {
  const clock = manualClock(worldStart)
  const [production, staging] = [memoryObjectStore('tiny'), memoryObjectStore('tiny-staging')]
  for (const bucket of [production, staging]) await fill(bucket, oldSite)
  const store = memoryStateStore()
  const files = memoryFiles(newSite)
  let ids = 0
  const random = { id: () => `id-${String((ids += 1)).padStart(6, '0')}` }
  const http = siteHttp(
    { 'https://tiny.example': production, 'https://staging.tiny.example': staging },
    { '/api/health': () => 200 },
  )

  let calls = 0
  const counted =
    (tap: Tap): Tap =>
    (call, go) => {
      if (!call.startsWith('files.')) calls += 1
      if (calls > mostCalls) throw new Error(`the launch has no end: ${calls} calls, the last of ${call}`)
      return tap(call, go)
    }

  function ports(given: Tap = straight, actorName = 'ci'): EnginePorts {
    const tap = counted(given)
    const bucket = (environment: string) => (environment === 'staging' ? staging : production)
    const objects = (environment: string) => tapped(bucket(environment), `s3/${environment}`, tap)
    const people: People = {
      ask: async (question) => {
        world.asked.push(question)
        const answer = world.answer(question)
        return answer && { by: 'captain', via: 'test', note: '', ...answer }
      },
    }
    return {
      clock: tapped(clock, 'clock', tap, ['now', 'monotonicMs', 'jumpedMs', 'advance']),
      random,
      wait: noWait,
      exec: tapped(
        {
          run: async ({ argv }) => {
            world.ran.push([...argv])
            return { exitCode: 0, timedOut: false, ms: 5, tail: 'done\n' }
          },
          which: async (names) => names[0] ?? null,
        },
        'exec',
        tap,
      ),
      http: tapped(http, 'http', tap),
      files: tapped(files, 'files', tap, ['set']),
      objects,
      cdn: () => null,
      flag: (environment) =>
        openFlagStore(plan.flag, {
          objects: () => tapped(bucket(environment), `flag/${environment}`, tap),
          http: tapped(http, 'edge', tap),
          files,
          versions: store,
          siteUrl: plan.environments[environment]?.url ?? '',
          ...noServices,
        }),
      childEnv: (environment) => ({ LAUNCH_ENV: environment }),
      log: () => {},
      report: () => tap('report', async () => 'reports/launch.md'),
      people: tapped(people, 'people', tap),
      metrics: (needs, _environment, window) =>
        tap('metrics', async () => {
          const percent = (await world.flag())?.percent ?? 0
          return needs.map((need) => (need.need === 'series' ? seen(seriesOf(need.metric, percent, window)) : seen([])))
        }),
      identity: async () => ({ account: '1', arn: 'arn:ci', rights: [] }),
      git: async () => ({ commit: 'c'.repeat(40), branch: 'release/1', tags: [], clean: true, played: false }),
      actorName,
    }
  }

  function seriesOf(metric: string, percent: number, window: { readonly from: number; readonly to: number }) {
    const minutes: Minute[] = []
    for (let start = Math.floor(window.from / 60_000) * 60_000; start + 60_000 <= window.to; start += 60_000) {
      const sum = metric === 'requests' ? 1000 : 1000 * world.errorShare(percent)
      if (world.traffic) minutes.push({ start: epochMs(start), count: 1, sum, over: null })
    }
    return { periodMs: 60_000, lagMs: 60_000, query: `SUM(${metric})`, minutes: { all: minutes }, alive: null }
  }

  async function session(options: Drive = {}): Promise<Session> {
    const { tap = straight, signal = never, watcher = quiet } = options
    const journalPorts = { store: tapped(store, 'journal', counted(tap)), clock, random, actor }
    const request = {
      plan,
      commit: 'c'.repeat(40),
      version: '1',
      fresh: false,
      acks: [],
      sandbox: null,
      ...options.request,
    }
    const all = launches('tiny', 'production', journalPorts)
    const opened = (options.resume ? await all.current(signal) : null) ?? (await all.open(request, signal))
    return startSession(opened.plan, opened.log, ports(tap), watcher, signal, { tellPast: true })
  }

  async function events(): Promise<readonly LaunchEvent[]> {
    const current = await launches('tiny', 'production', { store, clock, random, actor }).current(never)
    return current ? current.log.read(never) : []
  }

  const world: LaunchWorld = {
    plan,
    clock,
    production,
    staging,
    store,
    files,
    asked: [],
    ran: [],
    answer: () => ({ answer: 'yes' }),
    errorShare: () => 0,
    traffic: true,
    ports,
    session,
    drive: async (options = {}) => {
      const { goal = { type: 'all' }, leaveHeld = false, guided = false, signal = never } = options
      return run(await session(options), { goal, leaveHeld, guided }, signal)
    },
    events,
    state: async () => {
      const state = fold(await events())
      if (!state) throw new Error('there is no launch')
      return state
    },
    flag: async () => {
      const reading = await ports().flag('production').read(never)
      return reading.status === 'present' ? reading.flag : null
    },
  }
  return world
}

/** Every fifth request fails as soon as a phase has begun. */
export function errorsFrom(world: LaunchWorld, phase: string): Watcher {
  return {
    onEvent: (event) => {
      if (event.type === 'phase-started' && event.phase === phase) world.errorShare = () => 0.2
    },
    onProgress: () => {},
  }
}

export async function fill(bucket: ObjectStore, files: { readonly [path: string]: string }): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    await bucket.put(
      path,
      new TextEncoder().encode(text),
      { contentType: 'text/plain', cacheControl: 'no-store' },
      never,
    )
  }
}

/** What a bucket serves, without what launch keeps for itself and the flag. */
export async function served(bucket: ObjectStore): Promise<{ readonly [path: string]: string }> {
  const listed = (await bucket.list('', never)).filter(
    ({ key }) => !key.startsWith('.launch/') && !key.startsWith('flags/'),
  )
  const entries = await Promise.all(
    listed.map(async ({ key }) => [key, new TextDecoder().decode((await bucket.get(key, never))?.body)] as const),
  )
  return Object.fromEntries(entries)
}
