import type { EpochMs } from '../core/brand.ts'
import type { Plan } from '../core/plan.ts'
import type { RecordedMetrics, RecordedMinute } from '../core/recorded.ts'
import { binomialDraw, uniformOf } from '../core/stats/thinning.ts'
import { slowerMinute } from '../core/slower-minute.ts'
import { thinnedMinute } from '../core/thinned-minute.ts'

/**
 * A made-up regression of the canary. Errors: each event of `all` that was not bad becomes bad with this chance. Latency:
 * each sample of `slow` takes `factor` times as long.
 */
export type Injection =
  | { readonly bad: string; readonly all: string; readonly share: number }
  | { readonly slow: string; readonly factor: number }

/** Both versions' minute of a metric; what is not told apart stands with the control. */
export type ArmMinutes = { readonly canary: RecordedMinute | null; readonly control: RecordedMinute | null }
export type Arms = (metric: string, start: EpochMs, share: number) => ArmMinutes

export type Deal = {
  readonly plan: Plan
  readonly metrics: RecordedMetrics
  /** Metrics whose samples are counted, not their sum: latencies. */
  readonly sampled: ReadonlySet<string>
  /** What the deal of a canary that never was depends on. */
  readonly seed: string
  readonly inject: Injection | null
}

const nobody: ArmMinutes = { canary: null, control: null }

/** The arms of every minute: as recorded, or dealt by the canary's share of users. */
export function dealtArms({ plan, metrics, sampled, seed, inject }: Deal): Arms {
  const deal: Arms = (id, start, share) => {
    const metric = metrics[id]
    if (!metric) return nobody
    if (metric.told) return { canary: metric.canary.get(start) ?? null, control: metric.control.get(start) ?? null }
    const minute = metric.all.get(start)
    if (!minute) return nobody
    // The metric of a sheet that does not tell versions apart stays as it is.
    if (plan.metrics[id]?.variant === null) return { canary: null, control: minute }
    const draw = (part: string) => uniformOf(`${seed}/${id}/${start}/${part}`)
    return thinnedMinute(minute, share, sampled.has(id) ? 'samples' : 'events', draw)
  }
  if (!inject) return deal
  if ('slow' in inject)
    return (id, start, share) => {
      const made = deal(id, start, share)
      return id === inject.slow && made.canary ? { ...made, canary: slowerMinute(made.canary, inject.factor) } : made
    }
  const { bad, all } = inject
  return (id, start, share) => {
    const made = deal(id, start, share)
    if (id !== bad || share === 0) return made
    const good = (deal(all, start, share).canary?.sum ?? 0) - (made.canary?.sum ?? 0)
    const added = binomialDraw(uniformOf(`${seed}/injected/${start}`), Math.max(0, Math.round(good)), inject.share)
    return { ...made, canary: added === 0 ? made.canary : withMore(made.canary, start, added) }
  }
}

function withMore(own: RecordedMinute | null, start: EpochMs, added: number): RecordedMinute {
  const sum = (own?.sum ?? 0) + added
  // One sample an event, or one sample a minute: as it was.
  return { start, count: own === null || own.count === own.sum ? sum : own.count, sum, over: {} }
}
