import { epochMs } from '../core/brand.ts'
import { settledMinutes, sumOf } from '../core/settled.ts'
import type { Series } from '../core/evidence.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Window } from '../core/verdict.ts'
import type { Session } from './session.ts'

/** How much of the time before the launch later gates compare with. */
const baselineMs = 30 * 60_000

/**
 * Captures what every metric of production did before this launch changed anything. A metric without data is left out; one
 * that could not be read is remembered as missing, with the reason.
 */
export async function captureBaseline(session: Session, signal: AbortSignal): Promise<void> {
  const { plan, ports } = session
  const now = ports.clock.now()
  const metrics = Object.values(plan.metrics)
  const slowest = metrics.reduce((lag, metric) => Math.max(lag, metric.lagMs), 0)
  const window = { from: epochMs(now - baselineMs - slowest), to: now }
  const captured = await capture(Object.keys(plan.metrics), window, session, signal)
  await session.record({ type: 'baseline-captured', window, ...captured }, signal)
}

/** Asks again for what could not be read then and is wanted now: the time before the launch stays what it was. */
export async function captureMissing(
  wanted: ReadonlySet<string>,
  session: Session,
  signal: AbortSignal,
): Promise<void> {
  const { baseline } = session.state
  const lacking = Object.entries(baseline?.missing ?? {})
  const asked = lacking.map(([metric]) => metric).filter((metric) => wanted.has(metric))
  if (!baseline || asked.length === 0) return
  const { metrics, missing: still = {} } = await capture(asked, baseline.window, session, signal)
  const missing = { ...Object.fromEntries(lacking.filter(([metric]) => !wanted.has(metric))), ...still }
  if (Object.keys(missing).length === lacking.length) return
  const found = { type: 'baseline-captured', window: baseline.window, metrics, ...orAbsent(missing) } as const
  // The look this is for may call for a rollback: it never waits for the journal.
  await session.record(found, signal).catch((error: unknown) => {
    if (signal.aborted || !(error instanceof LaunchError)) throw error
  })
}

type Captured = {
  readonly metrics: { readonly [metric: string]: { readonly count: number; readonly sum: number } }
  readonly missing?: { readonly [metric: string]: string }
}

async function capture(
  ids: readonly string[],
  window: Window,
  { plan, ports }: Session,
  signal: AbortSignal,
): Promise<Captured> {
  const needs = ids.map((id) => ({ need: 'series', metric: id }) as const)
  const findings = await ports
    .metrics(needs, environmentOf(plan, 'production'), window, signal)
    .catch((error: unknown) => ids.map(() => ({ status: 'missing', why: messageOf(error) }) as const))
  signal.throwIfAborted()
  const metrics: [string, { count: number; sum: number }][] = []
  const missing: [string, string][] = []
  for (const [i, id] of ids.entries()) {
    const finding = findings[i] ?? { status: 'missing', why: 'the provider did not answer this query' }
    if (finding.status === 'missing') missing.push([id, finding.why])
    else {
      // A series need is answered with a Series.
      const { minutes } = settledMinutes(finding.value as Series, 'all', window)
      if (minutes.length > 0) metrics.push([id, { count: sumOf(minutes, 'count'), sum: sumOf(minutes, 'sum') }])
    }
  }
  return { metrics: Object.fromEntries(metrics), ...orAbsent(Object.fromEntries(missing)) }
}

/** An empty list of what is missing is left out: the journal says what is, not what is not. */
function orAbsent(missing: NonNullable<Captured['missing']>): Pick<Captured, 'missing'> {
  return Object.keys(missing).length === 0 ? {} : { missing }
}
