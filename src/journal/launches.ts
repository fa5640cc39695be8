import { launchId, type LaunchId, type Sha256 } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { canonicalJson } from '../core/hash.ts'
import type { Plan, StoredPlan } from '../core/plan.ts'
import { planHash } from '../core/plan-hash.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import { eventLog, type EventLog, type LogPorts } from './events.ts'
import { activeOf, layout } from './layout.ts'

export type OpenedLaunch = {
  readonly log: EventLog
  readonly plan: Plan
  readonly planHash: Sha256
  readonly opened: boolean
}

export type OpenRequest = {
  readonly plan: Plan
  readonly commit: string
  readonly version: string
  /** Supersede whatever is open. */
  readonly fresh: boolean
  readonly acks: readonly string[]
  readonly sandbox: string | null
}

/** The launches of one application and environment. At most one is open. */
export type Launches = {
  /** The open launch with its stored plan, or null. */
  current(signal: AbortSignal): Promise<OpenedLaunch | null>
  /** Attaches to the open launch of this commit, or opens one. Throws UNFINISHED when another commit's launch is open. */
  open(request: OpenRequest, signal: AbortSignal): Promise<OpenedLaunch>
  load(launch: LaunchId, signal: AbortSignal): Promise<OpenedLaunch>
  /** Ids, oldest first. */
  list(signal: AbortSignal): Promise<readonly LaunchId[]>
}

type Ports = LogPorts & {
  /** `readPlan`, or one that remembers: for whoever reads the same plans again and again. */
  readonly readPlan?: typeof readPlan
}

export function launches(app: string, environment: string, ports: Ports): Launches {
  const paths = layout(app, environment)
  const { store } = ports

  async function load(id: LaunchId, signal: AbortSignal): Promise<OpenedLaunch> {
    const stored = await store.get(paths.plan(id), signal)
    if (!stored) throw new LaunchError('NOT_FOUND', `there is no launch ${id}`)
    const { plan, hash, isWhole } = (ports.readPlan ?? readPlan)(stored.body)
    if (!isWhole) throw new LaunchError('JOURNAL_CORRUPT', `the stored plan of launch ${id} does not match its hash`)
    return { log: eventLog(id, paths, ports), plan, planHash: hash, opened: false }
  }

  async function active(signal: AbortSignal) {
    const found = await store.get(paths.active, signal)
    if (!found) return null
    return { ...activeOf(found.body), version: found.version }
  }

  async function current(signal: AbortSignal): Promise<OpenedLaunch | null> {
    const pointer = await active(signal)
    return pointer && load(pointer.launch, signal)
  }

  async function open(request: OpenRequest, signal: AbortSignal): Promise<OpenedLaunch> {
    const pointer = await active(signal)
    const before = pointer && (await load(pointer.launch, signal))
    const state = before && fold(await before.log.read(signal))
    if (before && state && !state.ended && !request.fresh) {
      // A latch is only gone over by a launch that was opened to: one that ran into it is superseded.
      const goesOver = request.acks.every((latch) => state.acks.includes(latch))
      if (state.commit === request.commit && goesOver) return before
      if (state.commit !== request.commit) throw ofAnotherCommit(state, request.commit)
    }
    const id = launchId(ports.random.id())
    const hash = planHash(request.plan)
    const planned = await store.create(paths.plan(id), canonicalJson({ plan: request.plan, hash }), signal)
    // Nobody else writes below a new id: what was refused and is not there met a conflict (409) that did not pass.
    if (planned === 'exists' && (await store.get(paths.plan(id), signal)) === null) throw unwritten(id)
    const log = eventLog(id, paths, ports)
    const { commit, version, acks, sandbox } = request
    const supersedes = state && !state.ended ? state.id : null
    const first = await log.append(
      { type: 'launch-opened', plan: hash, commit, version, supersedes, acks, sandbox },
      signal,
    )
    if (first.status === 'taken') throw unwritten(id)
    const swapped = await store.swap(
      paths.active,
      JSON.stringify({ launch: id, epoch: (pointer?.epoch ?? 0) + 1 }),
      pointer?.version ?? null,
      signal,
    )
    if (swapped.status === 'conflict') {
      throw new LaunchError('JOURNAL_TAKEN', `another process opened a launch of ${app} at the same moment`, {
        hint: 'launch status shows it; run the command again to attach',
      })
    }
    return { log, plan: request.plan, planHash: hash, opened: true }
  }

  async function list(signal: AbortSignal): Promise<readonly LaunchId[]> {
    return (await store.list(paths.launches, signal)).map(launchId)
  }

  return { current, open, load, list }
}

/** A stored plan, and whether it is the one its hash names. */
export function readPlan(body: string): StoredPlan & { readonly isWhole: boolean } {
  // Written by `open` above; its hash is checked against the launch-opened event by whoever drives.
  const stored = JSON.parse(body) as StoredPlan
  return { ...stored, isWhole: planHash(stored.plan) === stored.hash }
}

/** A launch is about one commit: from the checkout of another one it is neither attached to nor built. */
export function ofAnotherCommit({ id, commit }: Pick<LaunchState, 'id' | 'commit'>, here: string): LaunchError {
  return new LaunchError(
    'UNFINISHED',
    `launch ${id} of commit ${short(commit)} is still open, this is ${short(here)}`,
    { hint: `check out ${short(commit)} and go on with launch resume, or supersede it with launch auto --new` },
  )
}

/** Before the pointer names it nobody knows of the launch: beginning again is safe. */
function unwritten(id: LaunchId): LaunchError {
  return new LaunchError(
    'UNREACHABLE',
    `launch ${id} could not be written: the state store met conflicts again and again`,
  )
}

function short(commit: string): string {
  return commit.slice(0, 10)
}
