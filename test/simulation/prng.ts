/** One stream of random numbers from one seed (sfc32): everything a simulation leaves to chance is drawn from it. */
export type Prng = {
  /** Uniform in [0, 1). */
  unit(): number
  /** A whole number from `from` to `to`, both included. */
  int(from: number, to: number): number
  chance(probability: number): boolean
  pick<T>(items: readonly [T, ...T[]]): T
}

export function prng(seed: number): Prng {
  let [a, b, c, d] = [0x9e3779b9, 0x243f6a88, 0xb7e15162 ^ Math.floor(seed / 2 ** 32), seed | 0]
  const unit = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = ((c << 21) | (c >>> 11)) + t
    return (t >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 15; i += 1) unit()
  const int = (from: number, to: number) => from + Math.floor(unit() * (to - from + 1))
  return {
    unit,
    int,
    chance: (probability) => probability > 0 && unit() < probability,
    pick: (items) => items[int(0, items.length - 1)] ?? items[0],
  }
}
