import { sha256 } from '../../src/core/hash.ts'
import type { FlagStore, ObjectStore, Random, StateStore } from '../../src/core/ports.ts'
import type { FileEntry } from '../../src/core/ports.ts'
import { openFlagStore } from '../../src/flags/registry.ts'
import type { Launches } from '../../src/journal/launches.ts'
import { directoryStore } from '../../src/journal/directory-store.ts'
import { launches } from '../../src/journal/launches.ts'
import { s3Store } from '../../src/journal/s3-store.ts'
import { bucket, type Applied, type Bucket } from './bucket.ts'
import { counters } from './counters.ts'
import { diskOf, stateFolder, type Files } from './disk.ts'
import { edge, type Edge } from './edge.ts'
import { traffic, type Traffic } from './metrics.ts'
import { objectStore } from './object-store.ts'
import { prng, type Prng } from './prng.ts'
import { remembered, type ReadPlans, type Remembered } from './remembered.ts'
import { startProcess, type Nature, type Process } from './process.ts'
import { scheduler } from './scheduler.ts'
import { flagKey, type Plans } from './sheet.ts'
import { drawSwarm, type Swarm } from './swarm.ts'
import { trace } from './trace.ts'
import { noServices } from '../support/no-services.ts'
import { truth, type Truth } from './truth.ts'

export type Violation = { readonly invariant: string; readonly what: string }

/** One seed's world: what is stored, who runs, what users see, and what was found wrong. */
export type World = Nature & {
  readonly plans: Plans
  readonly readers: Remembered
  readonly truth: Truth
  readonly site: Bucket
  readonly staging: Bucket
  readonly state: Bucket
  readonly edge: Edge
  readonly traffic: Traffic
  readonly processes: Process[]
  /** Which launch a process drives, and which commit lies on its machine. */
  readonly drives: Map<string, { readonly launch: string }>
  /** Names of processes whose person decides. */
  readonly isGuided: Set<string>
  readonly violations: Violation[]
  /**
   * Whether writes may come true behind the back of who sent them: files have no condition that would stop them. Or a restore ended
   * half-way, and only its person knows.
   */
  isSiteDisturbed: boolean
  readonly ids: Random
  /** Commands that were really run, by launch. */
  readonly builds: Map<string, number>
  readonly files: Files
  /** Its own, so that worlds without disks stay what they are. */
  readonly diskRandom: Prng
  /** Processes that kept something on their machine for the journal. */
  readonly kept: Set<string>
  /** When the gate of a launch's stage last began anew, in virtual time: with the next stage, or with a confirmation told late. */
  readonly anewMs: Map<string, number>
  start(role: string): Process
  found(invariant: string, what: string): void
}

export function makeWorld(
  seed: number,
  plans: Plans,
  { keepTrace, readPlans }: { readonly keepTrace: boolean; readonly readPlans: ReadPlans },
  onApplied: (world: World, applied: Applied) => void,
): World {
  const random = prng(seed)
  const time = scheduler(random)
  const tell = (applied: Applied) => {
    world.truth.note(applied, time.nowMs)
    onApplied(world, applied)
  }
  const [site, staging, state] = [bucket('sim', tell), bucket('sim-staging', tell), bucket('state', tell)]
  const nature: Nature = {
    swarm: drawSwarm(random, prng(seed + 2 ** 40)),
    random,
    scheduler: time,
    trace: trace(keepTrace),
    counters: counters(),
  }
  let ids = 0
  const known = truth(state, site)
  const world: World = {
    ...nature,
    plans,
    readers: remembered(readPlans),
    truth: known,
    site,
    staging,
    state,
    edge: edge({ 'https://sim.example': site, 'https://staging.sim.example': staging }, time),
    traffic: { errorShare: (startMs) => users.errorShare(startMs), shown: (startMs) => users.shown(startMs) },
    processes: [],
    drives: new Map(),
    isGuided: new Set(),
    violations: [],
    isSiteDisturbed: isDisturbed(nature.swarm),
    ids: { id: () => `id${String((ids += 1)).padStart(8, '0')}` },
    builds: new Map(),
    files: { bodies: new Map(), folders: new Set([stateFolder]) },
    diskRandom: prng(seed + 2 ** 41),
    kept: new Set(),
    anewMs: new Map(),
    start: (role) => {
      const skew = world.swarm.skewMs === 0 ? 0 : random.int(-world.swarm.skewMs, world.swarm.skewMs)
      const process = startProcess(`${role}${world.processes.length + 1}`, world, skew)
      world.processes.push(process)
      return process
    },
    found: (invariant, what) => {
      world.violations.push({ invariant, what })
      world.trace.add(time.nowMs, `VIOLATION ${invariant}: ${what}`)
    },
  }
  const users = traffic(world, known)
  return world
}

function stateStoreOf(world: World, process: Process): StateStore {
  if (world.swarm.disk?.folder) return directoryStore(stateFolder, diskOf(world, process))
  return s3Store(objectStore(world.state, 'state', process, world.random), '', process.wait)
}

export function launchesOf(world: World, process: Process): Launches {
  const actor = { name: process.name, host: process.name, run: null }
  return launches('sim', 'production', {
    store: stateStoreOf(world, process),
    clock: process.clock,
    random: world.ids,
    actor,
    ...world.readers,
  })
}

export function objectsOf(world: World, process: Process, environment: string): ObjectStore {
  return environment === 'staging'
    ? objectStore(world.staging, 'staging', process, world.random)
    : objectStore(world.site, 'site', process, world.random)
}

export function flagOf(world: World, process: Process, environment: string): FlagStore {
  const plan = world.plans[world.swarm.sheet]
  return openFlagStore(plan.flag, {
    objects: () => objectsOf(world, process, environment),
    http: world.edge.httpOf(process),
    files: noFiles,
    versions: stateStoreOf(world, process),
    siteUrl: plan.environments[environment]?.url ?? '',
    ...noServices,
  })
}

const noFiles = { tree: async () => [], read: async () => null, write: async () => {} }

/** The two releases that are launched, and the site that was there before. */
export const commits = { a: 'a'.repeat(40), b: 'b'.repeat(40) } as const

type Site = { readonly [path: string]: string }
const oldSite: Site = { 'index.html': '<html>old</html>', 'robots.txt': 'robots', 'assets/old.js': 'old()' }

export function siteOf(commit: string): Site {
  const name = commit.slice(0, 1)
  return { 'index.html': `<html>${name}</html>`, 'robots.txt': 'robots', [`assets/${name}.js`]: `${name}()` }
}

/** What a build of a commit leaves in `dist`. */
export function builtFiles(site: Site): readonly (FileEntry & { readonly body: Uint8Array })[] {
  return Object.entries(site)
    .map(([path, text]) => {
      const body = new TextEncoder().encode(text)
      return { path, body, bytes: body.byteLength, sha256: sha256(body) }
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1))
}

export function seedSite(world: World): void {
  for (const [path, text] of Object.entries(oldSite)) {
    const body = new TextEncoder().encode(text)
    for (const place of [world.site, world.staging])
      place.put('before', path, body, { contentType: 'text/plain', cacheControl: 's-maxage=10' })
  }
}

const mostProcesses = 24

/** Enough is going on in a world with as many. */
export function hasRoom({ processes }: World): boolean {
  return processes.length < mostProcesses
}

export function isFlag(applied: Applied): boolean {
  return applied.bucket === 'sim' && applied.key === flagKey
}

function isDisturbed({ faults, crash, pause }: Swarm): boolean {
  return faults['late apply'] + faults.duplicate + crash + pause > 0
}
