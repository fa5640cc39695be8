import { epochMs } from '../core/brand.ts'
import { settledMinutes, sumOf } from '../core/settled.ts'
import type { EventOf } from '../core/event.ts'
import { findingOf, needKey, type Evidence } from '../core/evidence.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Window } from '../core/verdict.ts'
import { checkKind } from '../gates/registry.ts'
import { stepKind } from '../steps/registry.ts'
import type { MetricNeed } from './ports.ts'
import type { Session } from './session.ts'
import { usualSpreads } from './usual-spread.ts'

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

type Captured = Pick<EventOf<'baseline-captured'>, 'metrics' | 'missing'>
type Measured = Captured['metrics'][string]

const quantileStats = ['p50', 'p75', 'p90'] as const

async function capture(
  ids: readonly string[],
  window: Window,
  { plan, ports }: Session,
  signal: AbortSignal,
): Promise<Captured> {
  const compared = comparedMetrics(plan)
  const needs = ids.flatMap((id): readonly MetricNeed[] => [
    { need: 'series', metric: id },
    ...(compared.has(id) ? quantileStats.map((stat) => ({ need: 'window', metric: id, stat }) as const) : []),
  ])
  const findings = await ports
    .metrics(needs, environmentOf(plan, 'production'), window, signal)
    .catch((error: unknown) => needs.map(() => ({ status: 'missing', why: messageOf(error) }) as const))
  signal.throwIfAborted()
  const evidence = Object.fromEntries(needs.map((need, i) => [needKey(need), findings[i] ?? unanswered]))
  const metrics: [string, Measured][] = []
  const missing: [string, string][] = []
  for (const id of ids) {
    const finding = findingOf({ need: 'series', metric: id }, evidence) ?? unanswered
    if (finding.status === 'missing') missing.push([id, finding.why])
    else {
      const { minutes } = settledMinutes(finding.value, 'all', window)
      const quantiles = quantilesOf(id, evidence)
      if (minutes.length > 0)
        metrics.push([
          id,
          { count: sumOf(minutes, 'count'), sum: sumOf(minutes, 'sum'), ...(quantiles && { quantiles }) },
        ])
    }
  }
  const spreads = await usualSpreads(new Set(metrics.map(([id]) => id)), window.to, plan, ports, signal)
  const known = metrics.map(([id, own]) => [id, { ...own, ...(spreads[id] && { spreads: spreads[id] }) }] as const)
  return { metrics: Object.fromEntries(known), ...orAbsent(Object.fromEntries(missing)) }
}

const unanswered = { status: 'missing', why: 'the provider did not answer this query' } as const

/** Metrics whose samples a canary will be compared by: their usual values are the cut points. */
function comparedMetrics(plan: Plan): ReadonlySet<string> {
  const canaries = plan.phases.flatMap(({ steps }) => steps).filter((step) => stepKind(step.kind).rollout(step.spec))
  const checks = canaries.flatMap(({ gate }) => gate?.checks ?? [])
  return new Set(
    checks.flatMap(({ kind, spec }) => {
      const source = checkKind(kind).signal(spec)
      return source && source.of !== 'share' ? [source.metric] : []
    }),
  )
}

/** Of the version that served then; null unless all of them are known. */
function quantilesOf(metric: string, evidence: Evidence): readonly number[] | null {
  const values = quantileStats.map((stat) => {
    const finding = findingOf({ need: 'window', metric, stat }, evidence)
    if (finding?.status !== 'seen') return null
    const { values: byVariant } = finding.value
    return byVariant.all ?? byVariant.control ?? null
  })
  const known = values.filter((value) => value !== null)
  return known.length === values.length ? known : null
}

/** An empty list of what is missing is left out: the journal says what is, not what is not. */
function orAbsent(missing: NonNullable<Captured['missing']>): Pick<Captured, 'missing'> {
  return Object.keys(missing).length === 0 ? {} : { missing }
}
