import { epochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { cacheText } from '../core/cache-text.ts'
import { mayReplace, type FlagReading, type FlagState, type LateFlag } from '../core/flag.ts'
import type { PlannedStep } from '../core/plan.ts'
import type { FlagStore } from '../core/ports.ts'
import { stageNow } from '../core/state.ts'
import { rollBackLaunch } from './rollback.ts'
import type { Session } from './session.ts'

/** How often the edge is asked whether it serves the new flag. */
const edgePollMs = 1000

/**
 * Shows the new version to more users: intent, compare-and-set on the very version that was read before the journal,
 * outcome. Idempotent by the intent's writeId: after a crash the flag itself says whether the write got through.
 */
export async function raiseFlag(
  step: PlannedStep,
  percent: number,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const { flag: reading, ports } = session
  if (!reading || reading.status === 'malformed') return
  const current = reading.status === 'present' ? reading.flag : null
  const intended = stageNow(session.state, step.id)
  const open = intended?.status === 'shifting' ? intended : null
  const writeId = open?.writeId ?? ports.random.id()
  if (current && open && current.writeId === open.writeId) {
    await session.record({ type: 'flag-set', percent, writeId, serial: current.serial, ackedMs: 0 }, signal)
    return
  }
  const above = current?.serial ?? 0
  const serial = open && open.serial > above ? open.serial : Math.max(above + 1, ports.clock.now())
  const base = reading.status === 'present' ? reading.version : null
  const next = nextFlag(session, percent, serial, writeId)
  // `decide` looked at the same reading; whoever changes it there must not be able to raise a latched flag here.
  if (current && !mayReplace(current, next)) return
  // Recorded again with the new base when an earlier try met a flag that somebody else had changed.
  if (!open || open.serial < serial) {
    if (!(await session.record({ type: 'flag-intended', step: step.id, percent, writeId, serial, base }, signal)))
      return
  }
  const started = ports.clock.monotonicMs()
  const written = await ports.flag('production').write(next, base, signal)
  if (written.status === 'conflict') return
  const ackedMs = Math.round(ports.clock.monotonicMs() - started)
  await session.record({ type: 'flag-set', percent, writeId, serial, ackedMs }, signal)
}

function nextFlag(session: Session, percent: number, serial: number, writeId: string): FlagState {
  const { plan, state, ports } = session
  return {
    key: plan.flag.key,
    percent,
    ...(plan.flag.audience && { audience: plan.flag.audience }),
    serial,
    writeId,
    latched: false,
    acks: state.acks,
    launch: state.id,
    updatedAt: ports.clock.now(),
    updatedBy: ports.actorName,
    reason: `canary ${percent} % of ${plan.title}`,
  }
}

/** Waits until users are served the new flag through the CDN. A flag that never reaches them is taken back. */
export async function confirmFlag(
  percent: number,
  serial: number,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const { ports } = session
  const store = ports.flag('production')
  const setAt = session.state.flag?.at ?? ports.clock.now()
  const deadline = ports.clock.now() + store.propagationMs * 3 + 30_000
  let late: LateFlag | null = null
  for (;;) {
    const askedAt = ports.clock.now()
    const { reading, headers } = await observed(store, signal)
    if (reading?.status === 'present' && (reading.flag.serial >= serial || isNewLatch(reading.flag, session))) {
      const edgeMs = ports.clock.now() - setAt
      const confirmed = { type: 'flag-confirmed', percent, serial: reading.flag.serial, edgeMs } as const
      await session.record({ ...confirmed, ...(late && { late }) }, signal)
      return
    }
    // Counted from when it was asked: neither a slow answer nor the pause between two looks makes a change late.
    if (reading && askedAt - setAt > store.propagationMs)
      late = { percent, servedMs: askedAt - setAt, budgetMs: store.propagationMs, headers: cacheText(headers) }
    const now = ports.clock.now()
    if (now >= deadline) {
      const reason = `the flag at ${percent} % did not reach users within ${Math.round((now - setAt) / 1000)} s${cacheText(headers)}`
      await rollBackLaunch({ kind: 'emergency', reason, trigger: 'edge' }, session, signal)
      return
    }
    await ports.clock.sleepUntil(epochMs(now + edgePollMs), signal)
  }
}

/** A latch that this launch was told to go over may still be served for a while; any other one is a rollback. */
function isNewLatch(flag: FlagState, { state }: Session): boolean {
  return flag.latched && !state.acks.includes(flag.writeId)
}

/** Null while the edge does not answer: the deadline decides then. */
async function observed(store: FlagStore, signal: AbortSignal): Promise<Observed> {
  try {
    return await store.observe(signal)
  } catch (error) {
    if (signal.aborted || !(error instanceof LaunchError)) throw error
    return { reading: null, headers: {} }
  }
}

type Observed = { readonly reading: FlagReading | null; readonly headers: { readonly [name: string]: string } }
