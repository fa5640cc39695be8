/** How many requests may be under way to one bucket. */
export type PaceLimits = { readonly first: number; readonly least: number; readonly most: number }

/** Requests begin at what every bucket takes at once, and go up to what fills a fast line. */
export const uploadPace: PaceLimits = { first: 32, least: 2, most: 128 }

/** A refusal that came while others of the same moment were under way says nothing new. */
const sameMomentMs = 250

/**
 * Concurrency that finds its own level: one more place for every few answers, half of them when the store says SlowDown
 * (additive increase, multiplicative decrease, as TCP does it: RFC 5681). Owns the queue of those who wait for a place.
 */
export class Pace {
  readonly #limits: PaceLimits
  readonly #now: () => number
  readonly #waiting: (() => void)[] = []
  #limit: number
  #underWay = 0
  #slowedAt = Number.NEGATIVE_INFINITY

  /** `now`: milliseconds that only grow. */
  constructor(limits: PaceLimits, now: () => number) {
    this.#limits = limits
    this.#now = now
    this.#limit = limits.first
  }

  /** Places there are now; a fraction is on its way to the next one. */
  get limit(): number {
    return this.#limit
  }

  /** Does the work as soon as there is a place for it. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.#underWay >= Math.floor(this.#limit)) await new Promise<void>((resolve) => this.#waiting.push(resolve))
    else this.#underWay += 1
    try {
      return await work()
    } finally {
      this.#underWay -= 1
      this.#admit()
    }
  }

  answered(): void {
    const isFirstClimb = this.#slowedAt === Number.NEGATIVE_INFINITY
    this.#limit = Math.min(this.#limits.most, this.#limit + (isFirstClimb ? 0.5 : 1 / this.#limit))
  }

  slowedDown(): void {
    const now = this.#now()
    if (now - this.#slowedAt < sameMomentMs) return
    this.#slowedAt = now
    this.#limit = Math.max(this.#limits.least, this.#limit / 2)
  }

  #admit(): void {
    while (this.#waiting.length > 0 && this.#underWay < Math.floor(this.#limit)) {
      this.#underWay += 1
      this.#waiting.shift()?.()
    }
  }
}
