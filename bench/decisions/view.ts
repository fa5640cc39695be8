import type { Random } from './random.ts'
import { cuts, type Arm, type WorldMinute } from './world.ts'

/** What a metrics service shows of a minute: requests with their latencies, and errors, which may come at another pace. */
export type Seen = {
  readonly n: number
  readonly errors: number
  readonly sum: number
  readonly above: readonly number[]
}
export type SeenMinute = { readonly canary: Seen; readonly control: Seen }

const visibleRequests = [0.1, 0.5] as const
const visibleErrors = [0.3, 0.7] as const

/** How a minute looks one, two and three minutes after it began: the same at once, or bit by bit. */
export function views(minute: WorldMinute, delayed: boolean, random: Random): readonly SeenMinute[] {
  if (!delayed) return [minute]
  const canary = thinned(minute.canary, random)
  const control = thinned(minute.control, random)
  return canary.map((own, age) => ({ canary: own, control: control[age] ?? own }))
}

function thinned(arm: Arm, random: Random): readonly Seen[] {
  // From the last look back to the first: what was visible earlier is a part of what is visible later.
  const steps = [
    [visibleRequests[1], visibleErrors[1]],
    [visibleRequests[0] / visibleRequests[1], visibleErrors[0] / visibleErrors[1]],
  ] as const
  const seen: Seen[] = [arm]
  for (const [requests, errors] of steps) {
    const before = seen[0] ?? arm
    const bins = Array.from({ length: cuts.length + 1 }, (_, k) => {
      const from = k === 0 ? before.n : (before.above[k - 1] ?? 0)
      return random.binomial(from - (before.above[k] ?? 0), requests)
    })
    const above = cuts.map((_, cut) => bins.slice(cut + 1).reduce((sum, bin) => sum + bin, 0))
    const n = (above[0] ?? 0) + (bins[0] ?? 0)
    seen.unshift({
      n,
      errors: random.binomial(before.errors, errors),
      sum: before.n > 0 ? (before.sum * n) / before.n : 0,
      above,
    })
  }
  return seen
}
