/** Random numbers that are a pure function of what they are drawn for: the same key always draws the same number. */

/** A number in (0, 1) that belongs to this key: FNV-1a over the text, then the finalizer of MurmurHash3, twice for 52 bits. */
export function uniform(key: string): number {
  let hash = 0x811c9dc5
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193)
  const high = mix(hash) >>> 6
  const low = mix(hash ^ 0x9e3779b9) >>> 6
  return (high * 2 ** 26 + low + 0.5) / 2 ** 52
}

function mix(hash: number): number {
  let h = hash
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

/** P(Z ≤ z) of the standard normal, error below 1e-7 (Abramowitz and Stegun 7.1.26). */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const erf = 1 - series * Math.exp(-x * x)
  return z < 0 ? (1 - erf) / 2 : (1 + erf) / 2
}

/** The z with P(Z ≤ z) = p; Acklam's rational approximation, relative error below 1.2e-9. */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p)
  if (p >= 0.02425) return central(p - 0.5)
  const q = Math.sqrt(-2 * Math.log(p))
  const top = poly(
    q,
    [
      -0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968,
      2.938163982698783,
    ],
  )
  return top / poly(q, [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1])
}

function central(q: number): number {
  const r = q * q
  const top = poly(
    r,
    [
      -39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716,
      2.506628277459239,
    ],
  )
  return (
    (top * q) /
    poly(r, [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572, 1])
  )
}

function poly(x: number, coefficients: readonly number[]): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0)
}

/**
 * A Poisson count by inversion of one uniform. Both tails beyond `cut` are drawn in to it, so that a world that is meant
 * to be healthy has no minute that only bad luck explains.
 */
export function poisson(mean: number, u: number, cut: number): number {
  if (mean <= 0) return 0
  const inside = Math.min(Math.max(u, cut), 1 - cut)
  if (mean > 60) return Math.max(0, Math.round(mean + Math.sqrt(mean) * normalQuantile(inside)))
  let count = 0
  let term = Math.exp(-mean)
  for (let sum = term; sum < inside; sum += term) {
    count += 1
    term *= mean / count
  }
  return count
}
