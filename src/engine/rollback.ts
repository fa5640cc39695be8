import { epochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { RollbackKind, RollbackResult } from '../core/event.ts'
import type { FlagState } from '../core/flag.ts'
import type { Environment } from '../core/plan.ts'
import type { Cdn, Clock, FlagStore, Http, ObjectStore, Random, Wait } from '../core/ports.ts'
import { releaseId } from '../core/release.ts'
import type { LaunchState } from '../core/state.ts'
import { forceOffUntilConfirmed, type Latched } from '../flags/latch.ts'
import type { Restored, RestoreTarget } from '../steps/restore.ts'
import { owe, settleOwed, type Owable } from './owed.ts'
import type { LocalFile } from '../steps/mend-release.ts'
import type { Session } from './session.ts'
import { isTrouble } from './trouble.ts'

export type RollbackRequest = {
  readonly kind: RollbackKind
  readonly reason: string
  readonly by: string
  readonly launch: string | null
  readonly flagKey: string
  /** For `full`: what to restore. */
  readonly target: RestoreTarget
  readonly onTrouble?: (error: unknown, attempt: number) => void
  /** Told as soon as the flag is off and read back, before anything else is tried. */
  readonly onLatched?: (latched: Latched) => void
}

export type RollbackPorts = {
  readonly flag: FlagStore
  readonly clock: Clock
  readonly random: Random
  readonly wait: Wait
  /** Only for `full`. */
  readonly site: {
    readonly url: string
    readonly objects: ObjectStore
    readonly cdn: Cdn | null
    readonly http: Http
    /** See `RestorePorts`. */
    readonly local?: LocalFile
    readonly waitForInvalidation?: boolean
  } | null
}

/**
 * Turns the flag off, latched, without condition; reads it back; sees it at the edge; for `full` then restores the release
 * before. Called alike by a gate that failed and by `launch rollback`. No lock, no plan and no journal is involved.
 *
 * Throws what `forceOffUntilConfirmed` throws; whatever goes wrong after the flag is off is in the result.
 */
export async function rollBack(
  request: RollbackRequest,
  ports: RollbackPorts,
  signal: AbortSignal,
): Promise<{ readonly result: RollbackResult; readonly writeId: string }> {
  const { clock, random, flag: store } = ports
  const flag = offFlag(request, clock, random)
  const elapsed = stopwatch(clock)
  const trouble = request.onTrouble ? { onTrouble: request.onTrouble } : {}
  const latched = await forceOffUntilConfirmed(store, { flag, clock, wait: ports.wait, ...trouble }, signal)
  request.onLatched?.(latched)
  const edgeMs = await seenAtEdge(store, clock, elapsed, signal)
  const restored = request.kind === 'full' && ports.site ? await restore(request, ports.site, ports, signal) : null
  return { writeId: latched.writeId, result: resultOf(request, latched, edgeMs, restored) }
}

function offFlag(request: RollbackRequest, clock: Clock, random: Random): FlagState {
  const { flagKey: key, launch, by: updatedBy, reason } = request
  const now = clock.now()
  return {
    key,
    percent: 0,
    serial: now,
    writeId: random.id(),
    latched: true,
    acks: [],
    launch,
    updatedAt: now,
    updatedBy,
    reason,
  }
}

/**
 * Real milliseconds since now. Copies at the edge of a sandbox live by its own clock, which jumps where nobody waits:
 * there it is the time of that clock when that is more.
 */
function stopwatch(clock: Clock): () => number {
  const [realMs, at] = [clock.monotonicMs(), clock.now()]
  return () => Math.round(Math.max(clock.monotonicMs() - realMs, clock.now() - at))
}

/** Milliseconds until users were served the latch through the CDN; null when that was not seen in time. */
async function seenAtEdge(
  store: FlagStore,
  clock: Clock,
  elapsed: () => number,
  signal: AbortSignal,
): Promise<number | null> {
  const deadline = clock.now() + store.propagationMs * 2 + 10_000
  for (;;) {
    try {
      const { reading } = await store.observe(signal)
      if (reading.status === 'present' && reading.flag.latched) return elapsed()
      if (clock.now() >= deadline) return null
      await clock.sleepUntil(epochMs(clock.now() + 500), signal)
    } catch (error) {
      // The flag is off already: an edge that does not answer, or Ctrl-C, is reported as not seen and loses no record.
      if (signal.aborted) return null
      if (!(error instanceof LaunchError)) throw error
      if (clock.now() >= deadline) return null
      await clock.sleepUntil(epochMs(clock.now() + 500), signal).catch(() => {})
    }
  }
}

type Restoration =
  | { readonly status: 'done'; readonly restored: Restored | null }
  | { readonly status: 'failed'; readonly why: string }

/** A restore that met trouble on the way is repeated from its start: every part of it may be done twice. */
const restoreAttempts = 5
const restoreRetryMs = 1000

async function restore(
  request: RollbackRequest,
  site: NonNullable<RollbackPorts['site']>,
  ports: RollbackPorts,
  signal: AbortSignal,
): Promise<Restoration> {
  // Not on the way of an emergency, which turns the flag off and restores nothing.
  const { restorePrevious } = await import('../steps/restore.ts')
  for (let attempt = 1; ; attempt += 1) {
    try {
      return {
        status: 'done',
        restored: await restorePrevious(
          site.url,
          request.target,
          { ...site, clock: ports.clock, random: ports.random },
          signal,
        ),
      }
    } catch (error) {
      // Also one that comes while the next try is waited for.
      if (signal.aborted) return { status: 'failed', why: 'interrupted; launch rollback full goes on' }
      if (!(error instanceof LaunchError)) throw error
      // A deploy that ended in between moved the pointer: what it put there is what the next try gets away from.
      const again = error.outcome === 'unavailable' || error.code === 'SUPERSEDED'
      if (!again || attempt >= restoreAttempts) return { status: 'failed', why: messageOf(error) }
      await ports.wait(restoreRetryMs, signal).catch(() => {})
    }
  }
}

function resultOf(
  request: RollbackRequest,
  latched: Latched,
  edgeMs: number | null,
  restoration: Restoration | null,
): RollbackResult {
  const { kind, reason, by } = request
  const times = { ackedMs: Math.round(latched.ackedMs), readBackMs: Math.round(latched.readBackMs), edgeMs }
  const base = { kind, reason, by, ...times }
  if (restoration?.status === 'failed')
    return {
      ...base,
      outcome: 'failed',
      verified: false,
      detail: `the flag is off, the files were not restored: ${restoration.why}`,
    }
  const restored = restoration?.restored ?? null
  if (restored && restored.served.wrong.length > 0) {
    const [first] = restored.served.wrong
    return {
      ...base,
      outcome: 'failed',
      verified: false,
      detail: `${restored.release} was put back, but ${restored.served.wrong.length} files are not served: /${first?.path} ${first?.why}`,
    }
  }
  const files = restored
    ? `${restored.from} → ${restored.release}, ${restored.served.verified} files verified`
    : kind === 'full'
      ? 'no earlier release to restore'
      : 'flag off, latched'
  const edge = edgeMs === null ? '; not yet seen at the edge' : ''
  const degraded = restored?.degraded ? `; the invalidation failed: ${restored.degraded}` : ''
  const outcome = edge || degraded ? 'degraded' : kind === 'full' && !restored ? 'nothing' : 'restored'
  return { ...base, outcome, verified: edgeMs !== null, detail: `${files}${edge}${degraded}` }
}

type RollbackOrder = { readonly kind: RollbackKind; readonly reason: string; readonly trigger: string }

/**
 * A rollback that the launch itself decided: intent, rollback, outcome. With `before`, for a journal that is known not to
 * answer: the flag first; what led to it and the outcome are owed to the journal, which is told with a later turn.
 */
export async function rollBackLaunch(
  { kind, reason, trigger }: RollbackOrder,
  session: Session,
  signal: AbortSignal,
  before: readonly Owable[] | null = null,
): Promise<void> {
  const { plan, ports, state } = session
  if (!before && !state.rollingBack && !(await recordIntent({ kind, reason, trigger }, session, signal))) return
  const led = (before ?? []).map((happening) => ({ happening, signed: session.log.moment() }))
  session.watcher.onProgress(`rolling back: ${reason}`, null)
  const by = ports.actorName
  const request: RollbackRequest = {
    kind,
    reason,
    by,
    launch: state.id,
    flagKey: plan.flag.key,
    target: { to: null, awayFrom: releaseOf(state) },
  }
  const environment = environmentOf(plan, 'production')
  const done = await rollBack(request, rollbackPorts(session, environment), signal)
  const outcome = { type: 'rolled-back', result: done.result, writeId: done.writeId, trigger } as const
  // Kept before the journal is tried: whatever ends this process from here on, the record of it is on this machine.
  await owe([...led, { happening: outcome, signed: session.log.moment() }], session)
  if (!before) await settleOwed(session, signal)
}

/** False when somebody else wrote first. A journal that does not take it does not stop a rollback. */
async function recordIntent(order: RollbackOrder, session: Session, signal: AbortSignal): Promise<boolean> {
  try {
    return await session.record({ type: 'rollback-intended', ...order }, signal)
  } catch (error) {
    if (signal.aborted || !isTrouble(error)) throw error
    session.watcher.onProgress(`the journal cannot be written (${error.message}); rolling back all the same`, null)
    return true
  }
}

/** The release this launch deploys, whether or not its deploy came to its end. */
export function releaseOf(state: LaunchState): string | null {
  return state.artifact ? releaseId(state.artifact.hash) : null
}

function rollbackPorts({ ports, plan: { build } }: Session, { name, url }: Environment): RollbackPorts {
  const { clock, random, wait, http } = ports
  return {
    flag: ports.flag(name),
    clock,
    random,
    wait,
    site: {
      url,
      objects: ports.objects(name),
      cdn: ports.cdn(name),
      http,
      ...(build ? { local: (path) => ports.files.read(`${build.output}/${path}`) } : {}),
    },
  }
}
