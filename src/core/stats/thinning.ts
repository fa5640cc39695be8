import { sha256 } from '../hash.ts'
import { binomialTail } from './binomial.ts'

/** A number in (0, 1) that a text stands for: the same text, the same number. */
export function uniformOf(text: string): number {
  // 13 hexadecimal digits are 52 bits, as many as a double holds; the half keeps 0 and 1 out.
  return (Number.parseInt(sha256(text).slice(0, 13), 16) + 0.5) / 2 ** 52
}

/** The smallest k with P(X ≤ k) ≥ u of Binomial(n, p): a draw, for a uniform u. Never more for a smaller p. */
export function binomialDraw(u: number, n: number, p: number): number {
  if (n <= 0 || p <= 0) return 0
  if (p >= 1) return n
  // P(X ≤ k) ≥ u is P(X ≥ k + 1) ≤ 1 − u.
  const enough = (k: number) => binomialTail(k + 1, n, p) <= 1 - u
  let [low, high] = [-1, n]
  const [mean, spread] = [n * p, 6 * Math.sqrt(n * p * (1 - p)) + 2]
  const [left, right] = [Math.floor(mean - spread), Math.ceil(mean + spread)]
  if (left > low && !enough(left)) low = left
  if (right < high && enough(right)) high = right
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (enough(middle)) high = middle
    else low = middle
  }
  return high
}
