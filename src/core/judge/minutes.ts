import { rateUpperBound } from '../stats/binomial.ts'
import { EvidenceRows } from '../stats/e-process.ts'
import { OddsAlternatives, RateAlternatives, type ArmCounts } from '../stats/likelihood-rows.ts'
import type { Arms } from '../stats/dispersion.ts'
import { rollbackLimit, type Signal } from './plan.ts'

/** One variant's minute of one signal: events, how many lie above each cut, their sum (0 where no mean is judged). */
export type MinuteCounts = ArmCounts & { readonly sum: number }

/** One variant's minutes as columns; `above[k]` is the column of cut k. */
export type Columns = { readonly n: Float64Array; readonly sum: Float64Array; readonly above: readonly Float64Array[] }

/** Running sums of settled minutes that count, index is the first minute not in them. */
type Totals = Columns

const nothing: MinuteCounts = { n: 0, above: [], sum: 0 }

/** The minutes of one signal, both variants, with everything that is added up from them. Late minutes may be put again. */
export class SignalMinutes {
  readonly signal: Signal
  canary: Columns
  control: Columns
  /** Canary totals over the minutes that count against limits. */
  totals: Totals
  readonly relative: EvidenceRows | null
  readonly absolute: readonly EvidenceRows[]
  private readonly odds: OddsAlternatives | null
  private readonly rates: readonly RateAlternatives[]
  private size: number
  private dirty = 0
  private readonly bounds = new Map<number, { key: string; upper: number }>()

  constructor(signal: Signal, multiples: readonly number[]) {
    this.signal = signal
    this.size = 128
    this.canary = columns(signal.cuts, this.size)
    this.control = columns(signal.cuts, this.size)
    this.totals = columns(signal.cuts, this.size + 1)
    this.rates = signal.limits.map((limit) => new RateAlternatives(rollbackLimit(limit).share, multiples))
    this.absolute = this.rates.map((rate) => new EvidenceRows(rate.width))
    const { relative } = signal
    this.odds = relative && new OddsAlternatives(relative.nullOdds, relative.alternatives, signal.cuts)
    this.relative = this.odds && new EvidenceRows(this.odds.width)
  }

  /** Takes what is known of a minute now; null is no data. Nothing is done when nothing changed. */
  put(minute: number, canary: MinuteCounts | null, control: MinuteCounts | null): void {
    if (minute >= this.size) this.grow(minute + 1)
    const changed = set(this.canary, minute, canary ?? nothing)
    if (!set(this.control, minute, control ?? nothing) && !changed) return
    this.dirty = Math.min(this.dirty, minute)
    const arms = { canary: counts(this.canary, minute), control: counts(this.control, minute) }
    if (this.relative && this.odds) {
      const row = new Float64Array(this.odds.width)
      this.odds.row(arms.canary, arms.control, row)
      this.relative.write(minute, row)
    }
    this.rates.forEach((rate, index) => {
      const row = new Float64Array(rate.width)
      const limit = this.signal.limits[index]
      const bad = arms.canary.above[limit ? rollbackLimit(limit).cut : 0] ?? 0
      rate.row(Math.max(arms.canary.n, bad), bad, row)
      this.absolute[index]?.write(minute, row)
    })
  }

  /** The first minute that changed since the last call of `addUp`. */
  get changedFrom(): number {
    return this.dirty
  }

  /**
   * Adds up settled minutes (before `settled`) that the mask lets count, again from the first that changed, and fresh ones
   * (before `now`) for the comparison. `deep` is the mask of limits that have a looser one to roll back by.
   */
  addUp(now: number, settled: number, mask: Uint8Array, from: number, deep: Uint8Array = mask): void {
    if (now > this.size) this.grow(now)
    this.relative?.sum(now)
    this.absolute.forEach((rows, index) => {
      rows.sum(settled, this.signal.limits[index]?.rollback ? deep : mask, from)
    })
    for (let t = from; t < settled; t++) {
      const counts = mask[t] ? 0 : 1
      accumulate(this.totals.n, this.canary.n, t, counts)
      accumulate(this.totals.sum, this.canary.sum, t, counts)
      for (let k = 0; k < this.signal.cuts; k++) {
        const total = this.totals.above[k]
        const column = this.canary.above[k]
        if (total && column) accumulate(total, column, t, counts)
      }
    }
    this.dirty = settled
  }

  /** Clopper-Pearson's bound for this limit, kept until its look changes. */
  upperBound(limit: number, bad: number, n: number, beta: number): number {
    const key = `${bad} ${n} ${beta}`
    const known = this.bounds.get(limit)
    if (known?.key === key) return known.upper
    const upper = rateUpperBound(bad, n, beta)
    this.bounds.set(limit, { key, upper })
    return upper
  }

  /** Both arms as the dispersion estimates read them, by the bad events of one cut among those above the cut before. */
  arms(cut: number): Arms {
    const canaryBad = this.canary.above[cut] ?? this.canary.n
    const controlBad = this.control.above[cut] ?? this.control.n
    return {
      canaryAll: this.canary.above[cut - 1] ?? this.canary.n,
      canaryBad,
      controlAll: this.control.above[cut - 1] ?? this.control.n,
      controlBad,
    }
  }

  private grow(minutes: number): void {
    this.size = Math.max(minutes, this.size * 2)
    this.canary = wider(this.canary, this.size)
    this.control = wider(this.control, this.size)
    this.totals = wider(this.totals, this.size + 1)
  }
}

function columns(cuts: number, size: number): Columns {
  return {
    n: new Float64Array(size),
    sum: new Float64Array(size),
    above: Array.from({ length: cuts }, () => new Float64Array(size)),
  }
}

function wider(old: Columns, size: number): Columns {
  const next = columns(old.above.length, size)
  next.n.set(old.n)
  next.sum.set(old.sum)
  old.above.forEach((column, cut) => next.above[cut]?.set(column))
  return next
}

/** Writes one minute; says whether anything is different from before. */
function set(to: Columns, minute: number, counts: MinuteCounts): boolean {
  let changed = to.n[minute] !== counts.n || to.sum[minute] !== counts.sum
  to.n[minute] = counts.n
  to.sum[minute] = counts.sum
  for (let cut = 0; cut < to.above.length; cut++) {
    const column = to.above[cut]
    const value = counts.above[cut] ?? 0
    if (!column || column[minute] === value) continue
    column[minute] = value
    changed = true
  }
  return changed
}

function counts(from: Columns, minute: number): ArmCounts {
  return { n: from.n[minute] ?? 0, above: from.above.map((column) => column[minute] ?? 0) }
}

function accumulate(total: Float64Array, column: Float64Array, minute: number, counts: number): void {
  total[minute + 1] = (total[minute] ?? 0) + counts * (column[minute] ?? 0)
}
