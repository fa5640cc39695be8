/**
 * Evidence that may be looked at after every minute. Under the hypothesis, every alternative's product of likelihood
 * ratios is a non-negative martingale that starts at 1; so is any mixture with weights fixed beforehand, and the chance
 * that it ever reaches 1/α is at most α (Ville's inequality; Ramdas et al., arXiv 2210.01948). The mixture here runs over
 * alternatives and over the minutes from which the evidence counts: E = ½ E₀ + ¼ mean(E of the stages' first minutes) +
 * ¼ mean(E from every fifth minute). A start that has not come yet counts as 1.
 */
export type Starts = {
  /** Minutes from which evidence counts, of those that have come. */
  readonly minutes: readonly number[]
  readonly weights: readonly number[]
  /** Weight of the starts that have not come, each with evidence 1. */
  readonly unstarted: number
}

export type Mixture = {
  /** ln E. */
  readonly log: number
  /** The start that carries most of it: the most credible onset. */
  readonly onset: number
}

const restarts = { every: 5, count: 36 } as const

/** The starts at minute `now`, for a rollout of `stages` stages of which these have begun. */
export function startsAt(now: number, begun: readonly number[], stages: number): Starts {
  const minutes = [0]
  const weights = [0.5]
  for (const from of begun.slice(0, stages).filter((from) => from < now)) {
    minutes.push(from)
    weights.push(0.25 / stages)
  }
  for (let k = 1; k <= restarts.count && k * restarts.every < now; k++) {
    minutes.push(k * restarts.every)
    weights.push(0.25 / restarts.count)
  }
  return { minutes, weights, unstarted: 1 - weights.reduce((sum, weight) => sum + weight, 0) }
}

/**
 * Minutes × alternatives of log likelihood ratios, with running sums, so that the evidence since any start is one
 * subtraction. A minute may be written again (late data): only the sums after it are added up anew.
 */
export class EvidenceRows {
  readonly width: number
  private rows: Float64Array
  private sums: Float64Array
  private scores: Float64Array
  /** Of a masked minute 0: it says nothing, so it is not the loudest either. */
  private counted: Float64Array
  private summed = 0
  private readonly exponents: Float64Array

  constructor(width: number) {
    this.width = width
    this.exponents = new Float64Array(width)
    this.rows = new Float64Array(64 * width)
    this.sums = new Float64Array(65 * width)
    this.scores = new Float64Array(64)
    this.counted = new Float64Array(64)
  }

  /** Takes the row of one minute: per alternative ln(likelihood ratio), 0 for a minute that says nothing. */
  write(minute: number, row: Float64Array): void {
    if (minute >= this.scores.length) this.grow(minute + 1)
    this.rows.set(row, minute * this.width)
    this.scores[minute] = logMeanExp(row)
    this.summed = Math.min(this.summed, minute)
  }

  /** Adds up to (not including) minute `end`, again from `from` where the mask changed; masked minutes count nothing. */
  sum(end: number, mask: Uint8Array | null = null, from: number = end): void {
    if (end > this.scores.length) this.grow(end)
    const { width, rows, sums } = this
    for (let t = Math.min(this.summed, from); t < end; t++) {
      const counts = mask?.[t] ? 0 : 1
      this.counted[t] = counts * (this.scores[t] ?? 0)
      for (let at = t * width; at < (t + 1) * width; at++) sums[at + width] = (sums[at] ?? 0) + counts * (rows[at] ?? 0)
    }
    this.summed = end
  }

  /** ln(mean over the alternatives) of one minute alone. */
  score(minute: number): number {
    return this.scores[minute] ?? 0
  }

  /**
   * ln E over minutes before `end`. `temper` ≥ 1 divides every log likelihood ratio (over-dispersed data weighs less).
   * `loudest` says what becomes, from every start, of the minute at or after it that speaks loudest: it counts, it is left
   * out, or it counts as the second loudest does (levelled). `incident` is a minute that is left out besides, −1 is none.
   */
  mixture(
    end: number,
    starts: Starts,
    temper = 1,
    loudest: 'kept' | 'dropped' | 'levelled' = 'kept',
    incident = -1,
  ): Mixture {
    const { width, rows, sums, exponents } = this
    const loud = loudest === 'kept' ? null : this.loudestSince(end, incident)
    let log = starts.unstarted > 0 ? Math.log(starts.unstarted) : -Infinity
    let best = -Infinity
    let onset = 0
    for (let slot = 0; slot < starts.minutes.length; slot++) {
      const start = starts.minutes[slot] ?? 0
      const skip = loud?.first[start] ?? -1
      const instead = loudest === 'levelled' ? (loud?.second[start] ?? -1) : -1
      let largest = -Infinity
      for (let j = 0; j < width; j++) {
        let sum = (sums[end * width + j] ?? 0) - (sums[start * width + j] ?? 0)
        if (incident >= start) sum -= rows[incident * width + j] ?? 0
        if (skip >= 0) sum -= rows[skip * width + j] ?? 0
        if (instead >= 0) sum += rows[instead * width + j] ?? 0
        const exponent = sum / temper
        exponents[j] = exponent
        if (exponent > largest) largest = exponent
      }
      let total = 0
      for (let j = 0; j < width; j++) total += exp((exponents[j] ?? 0) - largest)
      const part = largest + Math.log((total * (starts.weights[slot] ?? 0)) / width)
      if (part > best) {
        best = part
        onset = start
      }
      log = part > log ? part + Math.log1p(exp(log - part)) : log + Math.log1p(exp(part - log))
    }
    return { log, onset }
  }

  /** Per start, the two minutes at or after it with the largest scores above 0, or −1. */
  private loudestSince(end: number, except: number): { readonly first: Int32Array; readonly second: Int32Array } {
    const first = new Int32Array(end + 1).fill(-1)
    const second = new Int32Array(end + 1).fill(-1)
    const scoreOf = (minute: number) => this.counted[minute] ?? 0
    for (let t = end - 1; t >= 0; t--) {
      const one = first[t + 1] ?? -1
      const two = second[t + 1] ?? -1
      const score = t === except ? 0 : scoreOf(t)
      first[t] = score > scoreOf(one) ? t : one
      second[t] = score > scoreOf(one) ? one : score > scoreOf(two) ? t : two
    }
    return { first, second }
  }

  private grow(minutes: number): void {
    const size = Math.max(minutes, this.scores.length * 2)
    const wider = (old: Float64Array, length: number) => {
      const next = new Float64Array(length)
      next.set(old)
      return next
    }
    this.rows = wider(this.rows, size * this.width)
    this.sums = wider(this.sums, (size + 1) * this.width)
    this.scores = wider(this.scores, size)
    this.counted = wider(this.counted, size)
  }
}

/** `count` values from `low` to `high`, equal ratios apart. */
export function logGrid(low: number, high: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, k) => low * (high / low) ** (k / (count - 1)))
}

function logMeanExp(row: Float64Array): number {
  let largest = -Infinity
  for (const value of row) if (value > largest) largest = value
  let total = 0
  for (const value of row) total += exp(value - largest)
  return largest + Math.log(total / row.length)
}

/** e^x, without the work where it no longer counts beside 1. */
function exp(x: number): number {
  return x < -37 ? 0 : Math.exp(x)
}
