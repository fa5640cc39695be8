/** Seeded random numbers and the laws the traffic world draws from. */
export class Random {
  private a: number
  private b: number
  private c: number
  private d = 1
  private spare: number | null = null

  constructor(...seeds: readonly number[]) {
    let state = 0x9e3779b9
    for (const seed of seeds) state = mix(state ^ (seed | 0))
    this.a = state = mix(state)
    this.b = state = mix(state)
    this.c = mix(state)
    for (let k = 0; k < 12; k++) this.uniform()
  }

  /** sfc32: uniform in (0, 1). */
  uniform(): number {
    const sum = (this.a + this.b + this.d) | 0
    this.d = (this.d + 1) | 0
    this.a = this.b ^ (this.b >>> 9)
    this.b = (this.c + (this.c << 3)) | 0
    this.c = (this.c << 21) | (this.c >>> 11)
    this.c = (this.c + sum) | 0
    return ((sum >>> 0) + 0.5) / 4294967296
  }

  /** Marsaglia's polar method. */
  normal(): number {
    if (this.spare !== null) {
      const value = this.spare
      this.spare = null
      return value
    }
    for (;;) {
      const u = 2 * this.uniform() - 1
      const v = 2 * this.uniform() - 1
      const square = u * u + v * v
      if (square >= 1 || square === 0) continue
      const factor = Math.sqrt((-2 * Math.log(square)) / square)
      this.spare = v * factor
      return u * factor
    }
  }

  /** Gamma with this shape and mean 1 (Marsaglia and Tsang 2000). */
  gamma(shape: number): number {
    const d = shape - 1 / 3
    const c = 1 / Math.sqrt(9 * d)
    for (;;) {
      const x = this.normal()
      const v = (1 + c * x) ** 3
      if (v > 0 && Math.log(this.uniform()) < 0.5 * x * x + d - d * v + d * Math.log(v)) return (d * v) / shape
    }
  }

  /** Gamma with mean 1 and this coefficient of variation. */
  shock(variation: number): number {
    return this.gamma(1 / (variation * variation))
  }

  poisson(mean: number): number {
    // Sums of Poisson counts are Poisson: halves until the product of uniforms is safe.
    if (mean > 300) return this.poisson(mean / 2) + this.poisson(mean / 2)
    const floor = Math.exp(-mean)
    let count = -1
    for (let product = 1; product > floor; count++) product *= this.uniform()
    return count
  }

  /** By the gaps between successes: exact, and quick for small n·p. */
  binomial(n: number, p: number): number {
    if (p <= 0 || n <= 0) return 0
    if (p >= 1) return n
    if (p > 0.5) return n - this.binomial(n, 1 - p)
    const log = Math.log1p(-p)
    let successes = 0
    for (let at = Math.floor(Math.log(this.uniform()) / log); at < n; successes++)
      at += 1 + Math.floor(Math.log(this.uniform()) / log)
    return successes
  }

  /** 1, 2, 3 … with this mean. */
  geometric(mean: number): number {
    return 1 + Math.floor(Math.log(this.uniform()) / Math.log(1 - 1 / mean))
  }
}

function mix(value: number): number {
  let x = Math.imul(value ^ (value >>> 16), 0x21f0aaad)
  x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
  return ((x ^ (x >>> 15)) + 0x6d2b79f5) | 0
}
