import { epochMs } from '../core/brand.ts'
import { settledMinutes, sumOf } from '../core/settled.ts'
import type { Series } from '../core/evidence.ts'
import { environmentOf } from '../core/environment-of.ts'
import type { Session } from './session.ts'

/** How much of the time before the launch later gates compare with. */
const baselineMs = 30 * 60_000

/** Captures what every metric of production did before this launch changed anything. A metric without data is left out. */
export async function captureBaseline(session: Session, signal: AbortSignal): Promise<void> {
  const { plan, ports } = session
  const now = ports.clock.now()
  const metrics = Object.values(plan.metrics)
  const slowest = metrics.reduce((lag, metric) => Math.max(lag, metric.lagMs), 0)
  const window = { from: epochMs(now - baselineMs - slowest), to: now }
  const needs = metrics.map(({ id }) => ({ need: 'series', metric: id }) as const)
  const findings = await ports.metrics(needs, environmentOf(plan, 'production'), window, signal).catch(() => [])
  const captured = metrics.flatMap((metric, i) => {
    const finding = findings[i]
    if (finding?.status !== 'seen') return []
    // A series need is answered with a Series.
    const { minutes } = settledMinutes(finding.value as Series, 'all', window)
    return minutes.length === 0
      ? []
      : [[metric.id, { count: sumOf(minutes, 'count'), sum: sumOf(minutes, 'sum') }] as const]
  })
  signal.throwIfAborted()
  await session.record({ type: 'baseline-captured', window, metrics: Object.fromEntries(captured) }, signal)
}
