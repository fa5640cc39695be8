import type { RecordedMinute } from './recorded.ts'

/**
 * A minute of latencies in which every sample takes `factor` times as long. What is then above a cut was above `cut / factor`,
 * which is read between the cuts that were counted: a straight line of the logarithms, as in the tail of a lognormal law.
 */
export function slowerMinute(minute: RecordedMinute, factor: number): RecordedMinute {
  const known = Object.entries(minute.over)
    .map(([cut, over]) => ({ cut: Number(cut), over }))
    .toSorted((a, b) => a.cut - b.cut)
  const over = known.map(({ cut }) => [String(cut), Math.round(aboveOf(cut / factor, known, minute.count))] as const)
  return { ...minute, sum: minute.sum * factor, over: Object.fromEntries(over) }
}

type Counted = { readonly cut: number; readonly over: number }

function aboveOf(value: number, known: readonly Counted[], count: number): number {
  const next = known.find(({ cut }) => cut >= value)
  if (!next) return known.at(-1)?.over ?? 0
  const before = known.findLast(({ cut }) => cut < value)
  // Below the first cut there is nothing but that all are above 0.
  if (!before) return count - (count - next.over) * (next.cut > 0 ? value / next.cut : 0)
  if (next.over <= 0 || before.cut <= 0)
    return before.over + ((next.over - before.over) * (value - before.cut)) / (next.cut - before.cut)
  const part = Math.log(value / before.cut) / Math.log(next.cut / before.cut)
  return before.over * (next.over / before.over) ** part
}
