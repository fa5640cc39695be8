import type { Starts } from '../stats/e-process.ts'
import { meanHalfWidth } from '../stats/mean-sequence.ts'
import type { BoundFinding, LimitFinding, MeanFinding, StageClock } from './decision.ts'
import type { SignalMinutes } from './minutes.ts'
import type { LimitRule, Rules } from './plan.ts'

/** Looks at the pass bound of a stage: every few minutes from its soak to the end of its budget. */
function looksOf(clock: StageClock, rules: Rules): number {
  return 1 + Math.max(0, Math.floor((clock.budget - clock.soak) / rules.lookEvery))
}

/**
 * The minute before which the data of the last look due ends, null before the first. A look's data stay what they were
 * until the next one: looking between them gains nothing.
 */
function lookDue(clock: StageClock, rules: Rules): number | null {
  if (clock.elapsed < clock.soak) return null
  return clock.settled - ((clock.elapsed - clock.soak) % rules.lookEvery)
}

/** Where the last soak of this stage begins; nothing of it has settled just after it began. */
function lastBake({ from, settled, soak }: StageClock): number {
  return Math.min(settled, Math.max(from, settled - soak))
}

/**
 * One limit on a share: evidence that it is broken, and the bound that proves it kept. `deep` marks the minutes in which the
 * control itself reaches a limit to roll back by.
 */
export function againstLimit(
  minutes: SignalMinutes,
  index: number,
  clock: StageClock,
  starts: Starts,
  rules: Rules,
  deep: Uint8Array,
): LimitFinding | null {
  const limit = minutes.signal.limits[index]
  const rows = minutes.absolute[index]
  if (!limit || !rows) return null
  const { settled } = clock
  const column = minutes.totals.above[limit.cut]
  const n = minutes.totals.n[settled] ?? 0
  const bad = column?.[settled] ?? 0
  const recentFrom = lastBake(clock)
  const recent = { n: n - (minutes.totals.n[recentFrom] ?? 0), bad: bad - (column?.[recentFrom] ?? 0) }
  const needed = Math.log(1 / rules.absoluteAlpha)
  const { log } = rows.mixture(settled, starts)
  const others = log >= Math.log(rules.corroboration) ? rows.mixture(settled, starts, 1, 'dropped').log : log
  const outside =
    isOutside(recent.n, recent.bad, limit.share, rules.fewest) || isOutside(n, bad, limit.share, rules.fewest)
  // A last bake without users has not got better: what was there before it counts.
  const isQuiet = isUnused(minutes, recentFrom, settled)
  const told = isQuiet ? { n, bad } : recent
  const rollback = rollbackBand(minutes, limit, { from: isQuiet ? 0 : recentFrom, to: settled }, deep, rules)
  const isReached = rollback?.outside ?? (bad >= rules.fewest && isOutside(told.n, told.bad, limit.share, rules.fewest))
  return {
    cut: limit.cut,
    limit: limit.share,
    n,
    bad,
    log,
    others,
    needed,
    bound: boundAt(minutes, index, limit, clock, rules),
    recent,
    outside,
    broken: others >= needed && isReached,
    ...(rollback && { rollback }),
  }
}

/** The counts of the last bake, or of all minutes, above the cut to roll back by. In an incident of both versions nothing is reached. */
function rollbackBand(
  minutes: SignalMinutes,
  { rollback }: LimitRule,
  { from, to }: { readonly from: number; readonly to: number },
  deep: Uint8Array,
  rules: Rules,
): LimitFinding['rollback'] | null {
  if (!rollback) return null
  let n = 0
  let bad = 0
  for (let t = from; t < to; t++) {
    if (deep[t]) continue
    n += minutes.canary.n[t] ?? 0
    bad += minutes.canary.above[rollback.cut]?.[t] ?? 0
  }
  const outside = deep[to - 1] !== 1 && isOutside(n, bad, rollback.share, rules.fewest)
  return { cut: rollback.cut, limit: rollback.share, n, bad, outside }
}

/** Minutes, one at least, in which nobody got the canary. */
function isUnused({ canary }: SignalMinutes, from: number, to: number): boolean {
  for (let t = from; t < to; t++) if ((canary.n[t] ?? 0) > 0) return false
  return to > from
}

function isOutside(n: number, bad: number, limit: number, fewest: number): boolean {
  return bad >= fewest && bad >= limit * n
}

function boundAt(
  minutes: SignalMinutes,
  index: number,
  limit: { readonly cut: number; readonly share: number },
  clock: StageClock,
  rules: Rules,
): BoundFinding | null {
  const end = lookDue(clock, rules)
  if (end === null) return null
  const n = minutes.totals.n[end] ?? 0
  const bad = minutes.totals.above[limit.cut]?.[end] ?? 0
  const beta = rules.passBeta / looksOf(clock, rules)
  const upper = minutes.upperBound(index, bad, n, beta)
  const next = upper * clock.nextShare
  return { beta, n, bad, upper, next, proven: n >= minutes.signal.floor && next <= limit.share }
}

/** A limit on a mean: broken when a confidence sequence over blocks of at least `floor` events lies above it. */
export function againstMean(
  minutes: SignalMinutes,
  clock: StageClock,
  mask: Uint8Array,
  alpha: number,
): MeanFinding | null {
  const rule = minutes.signal.mean
  if (!rule) return null
  const { settled } = clock
  const n = minutes.totals.n[settled] ?? 0
  const sum = minutes.totals.sum[settled] ?? 0
  const from = lastBake(clock)
  const recentN = n - (minutes.totals.n[from] ?? 0)
  const recent = recentN >= rule.floor ? (sum - (minutes.totals.sum[from] ?? 0)) / recentN : null
  const mean = n > 0 ? sum / n : null
  const over = mean !== null && n >= rule.floor && mean >= rule.limit
  const halfWidth = over ? halfWidthOf(minutes, settled, mask, mean, rule.floor, alpha) : null
  const last = rule.rollback ?? rule.limit
  const told = isUnused(minutes, from, settled) ? mean : recent
  return {
    limit: rule.limit,
    n,
    mean,
    recent,
    halfWidth,
    enough: n >= rule.floor,
    outside: over || (recent !== null && recent >= rule.limit),
    broken:
      over &&
      halfWidth !== null &&
      mean - halfWidth > last &&
      told !== null &&
      told >= last &&
      !controlIsOver(minutes, from, settled, last),
    ...(rule.rollback !== undefined && { rollback: rule.rollback }),
  }
}

function halfWidthOf(
  minutes: SignalMinutes,
  settled: number,
  mask: Uint8Array,
  mean: number,
  floor: number,
  alpha: number,
): number | null {
  let blocks = 0
  let squares = 0
  let total = 0
  let n = 0
  let sum = 0
  for (let t = 0; t < settled; t++) {
    if (mask[t]) continue
    n += minutes.canary.n[t] ?? 0
    sum += minutes.canary.sum[t] ?? 0
    if (n < floor) continue
    blocks++
    squares += (sum - mean * n) ** 2
    total += n
    n = sum = 0
  }
  if (blocks < 10) return null
  const size = total / blocks
  return meanHalfWidth(squares / blocks / (size * size), blocks, alpha)
}

function controlIsOver(minutes: SignalMinutes, from: number, to: number, limit: number): boolean {
  let n = 0
  let sum = 0
  for (let t = from; t < to; t++) {
    n += minutes.control.n[t] ?? 0
    sum += minutes.control.sum[t] ?? 0
  }
  return n > 0 && sum >= limit * n
}
