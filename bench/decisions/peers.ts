import { sortedDifferences } from '../../src/core/stats/mann-whitney.ts'
import type { Judging, Method, Saying } from './rollout.ts'
import type { Seen } from './view.ts'
import { cuts, limits, stages, type Arm } from './world.ts'

type Series = { errors: number; mean: number; p95: number; n: number }

const slowCut = cuts.length - 1
const goOn = (why = ''): { saying: Saying; why: string } => ({ saying: 'go-on', why })

/** A canary's minute against the plain limits. No data passes: `default(result, 0)`, as documented patterns have it. */
function breaks(seen: Seen): boolean {
  if (seen.n === 0) return false
  const errors = seen.errors / seen.n >= limits.errors
  return errors || (seen.above[slowCut] ?? 0) / seen.n >= limits.slow || seen.sum / seen.n >= limits.averageMs
}

/** Every minute against the limits; a stage fails with more failing minutes than are tolerated (Argo's failureLimit). */
export function minuteThreshold(tolerated: number): Method {
  return {
    name: `every minute, ${tolerated} tolerated`,
    needsValues: false,
    start: () => {
      let newest: Seen | null = null
      let failed = 0
      let stage = 0
      return {
        see: (_, { canary }) => {
          newest = canary
        },
        say: (now, begun) => {
          if (begun.length !== stage) failed = 0
          stage = begun.length
          if (newest && breaks(newest)) failed++
          if (failed > tolerated) return { saying: 'rollback', why: 'minutes over the limits' }
          return soaked(now, begun) ? { saying: 'next-stage', why: 'soaked' } : goOn()
        },
      }
    },
  }
}

/** Nothing until the soak is over; then the sums of the stage against the limits. */
export const stageEnd: Method = {
  name: 'at the end of each stage',
  needsValues: false,
  start: () => {
    const minutes: Seen[] = []
    return {
      see: (minute, { canary }) => {
        minutes[minute] = canary
      },
      say: (now, begun) => {
        if (!soaked(now, begun)) return goOn()
        const total = { n: 0, errors: 0, sum: 0, above: cuts.map(() => 0) }
        for (const seen of minutes.slice(begun.at(-1))) {
          total.n += seen.n
          total.errors += seen.errors
          total.sum += seen.sum
          total.above = total.above.map((count, cut) => count + (seen.above[cut] ?? 0))
        }
        return breaks(total)
          ? { saying: 'rollback', why: 'stage over the limits' }
          : { saying: 'next-stage', why: 'soaked' }
      },
    }
  },
}

/**
 * Kayenta's NetflixACAJudge every five minutes on the minutes of the stage: Mann-Whitney with a 98 % interval for the
 * Hodges-Lehmann shift, a metric is high when the interval lies above a quarter of the shift and the mean ratio is at
 * least 1.1; three metrics of equal weight, a score below 75 rolls back; no data at all scores 0. At 100 %
 * there is nothing to compare with, so the last stage passes by time.
 */
export const kayenta: Method = {
  name: "Kayenta's rank test",
  needsValues: true,
  start: () => {
    const canary: Series[] = []
    const control: Series[] = []
    return {
      see: (minute, seen, whole) => {
        canary[minute] = point(seen.canary, whole.canary)
        control[minute] = point(seen.control, whole.control)
      },
      say: (now, begun) => {
        const from = begun.at(-1) ?? 0
        if (begun.length < stages.length && (now - from) % 5 === 0) {
          const own = canary.slice(from).filter(({ n }) => n > 0)
          const other = control.slice(from).filter(({ n }) => n > 0)
          const missing = own.length === 0 || other.length === 0
          const failing = (['errors', 'mean', 'p95'] as const).some((metric) =>
            isHigh(
              own.map((one) => one[metric]),
              other.map((one) => one[metric]),
            ),
          )
          if (missing || failing) return { saying: 'rollback', why: missing ? 'no data' : 'score below 75' }
        }
        return soaked(now, begun) ? { saying: 'next-stage', why: 'soaked' } : goOn()
      },
    } satisfies Judging
  },
}

function soaked(now: number, begun: readonly number[]): boolean {
  return now - (begun.at(-1) ?? 0) >= (stages[begun.length - 1]?.soak ?? 0)
}

function point(seen: Seen, whole: Arm): Series {
  if (seen.n === 0) return { errors: 0, mean: 0, p95: 0, n: 0 }
  const sorted = Float64Array.from(whole.values).sort()
  return {
    n: seen.n,
    errors: seen.errors / seen.n,
    mean: seen.sum / seen.n,
    p95: sorted[Math.max(0, Math.ceil(0.95 * sorted.length) - 1)] ?? 0,
  }
}

function isHigh(own: readonly number[], other: readonly number[]): boolean {
  const pairs = own.length * other.length
  if (pairs === 0) return false
  const differences = sortedDifferences(own, other)
  const middle = ((differences[(pairs - 1) >> 1] ?? 0) + (differences[pairs >> 1] ?? 0)) / 2
  const spread = Math.sqrt((pairs * (own.length + other.length + 1)) / 12)
  const low = differences[Math.max(0, Math.floor(pairs / 2 - 2.3263 * spread))] ?? 0
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length
  const ratio = mean(other) > 0 ? mean(own) / mean(other) : mean(own) > 0 ? Infinity : 1
  return low > 0.25 * Math.abs(middle) && ratio >= 1.1
}
