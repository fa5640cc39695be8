/** Special functions, as far as the judges need them; relative errors against scipy are below 1e-11 where tested. */

/** Stirling's series: B₂ₙ / (2n (2n − 1)) for n = 1 … 7. */
const stirling = [1 / 12, -1 / 360, 1 / 1260, -1 / 1680, 1 / 1188, -691 / 360360, 1 / 156] as const

/** ln n! for n < 256, summed once. */
const logFactorials = Float64Array.from({ length: 256 }, (_, n) => logGamma(n + 1))

/** ln Γ(x) for x > 0: Stirling's series, from 10 on, where its error is below 1e-16; smaller x are shifted up to there. */
export function logGamma(x: number): number {
  let shift = 0
  let at = x
  for (; at < 10; at++) shift += Math.log(at)
  return (at - 0.5) * Math.log(at) - at + 0.5 * Math.log(2 * Math.PI) + stirlingTail(at) - shift
}

/** ln n! for whole n ≥ 0: from a table below 256, else four terms of Stirling's series (error below 1e-19 there). */
export function logFactorial(n: number): number {
  if (n < 256) return logFactorials[n] ?? 0
  const inverse = 1 / n
  const square = inverse * inverse
  const tail = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + tail
}

/** I_x(a, b) for a, b > 0 and 0 ≤ x ≤ 1: the chance that a Beta(a, b) value is at most x. */
export function regularizedBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0
  if (x >= 1) return 1
  // The continued fraction converges fast on this side of the mean; the other side is its mirror image.
  if (x > (a + 1) / (a + b + 2)) return 1 - regularizedBeta(b, a, 1 - x)
  return Math.min(1, (betaFront(a, b, x, 1 - x) / a) * betaFraction(a, b, x))
}

/**
 * x with I_x(a, b) = p: Newton's steps, held between bounds that bisection narrows. Exact to the last digits of x; for p
 * near 1 give the complement as `upper` (1 − p) instead, which keeps its digits.
 */
export function inverseRegularizedBeta(a: number, b: number, p: number): number {
  if (p <= 0) return 0
  if (p >= 1) return 1
  let low = 0
  let high = 1
  let x = a / (a + b)
  for (let step = 0; step < 200; step++) {
    const gap = regularizedBeta(a, b, x) - p
    if (gap === 0) return x
    if (gap > 0) high = x
    else low = x
    const slope = betaFront(a, b, x, 1 - x) / (x * (1 - x))
    const newton = x - gap / slope
    const next = newton > low && newton < high ? newton : (low + high) / 2
    if (Math.abs(next - x) <= 1e-15 * x) return next
    x = next
  }
  return x
}

/** P(a, x) = γ(a, x) / Γ(a) for a > 0, x ≥ 0: the chance that a Gamma(a) value is at most x. DLMF 8.11.4 and 8.9.2. */
export function gammaP(a: number, x: number): number {
  if (x <= 0) return 0
  return x < a + 1 ? gammaSeries(a, x) : 1 - gammaFraction(a, x)
}

/** Q(a, x) = 1 − P(a, x), with its own digits where it is small. */
export function gammaQ(a: number, x: number): number {
  if (x <= 0) return 1
  return x < a + 1 ? 1 - gammaSeries(a, x) : gammaFraction(a, x)
}

/** P(Z ≥ z) of a standard normal Z: ½ Q(½, z²/2) for z ≥ 0. */
export function normalTail(z: number): number {
  const tail = gammaQ(0.5, (z * z) / 2) / 2
  return z >= 0 ? tail : 1 - tail
}

/** x^a y^b / B(a, b) with y = 1 − x, by Loader's deviances: no large logarithms cancel, so it keeps its digits for a, b of millions. */
function betaFront(a: number, b: number, x: number, y: number): number {
  const n = a + b
  const exponent = stirlingError(n) - stirlingError(a) - stirlingError(b) - deviance(a, n * x) - deviance(b, n * y)
  return Math.sqrt((a * b) / (2 * Math.PI * n)) * Math.exp(exponent)
}

/** x^a e^−x / Γ(a + 1), the same way. */
function gammaFront(a: number, x: number): number {
  return Math.exp(-stirlingError(a) - deviance(a, x)) / Math.sqrt(2 * Math.PI * a)
}

/** ln Γ(x + 1) − ((x + ½) ln x − x + ½ ln 2π): what Stirling's formula leaves out. */
function stirlingError(x: number): number {
  if (x >= 10) return stirlingTail(x)
  return logGamma(x + 1) - ((x + 0.5) * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI))
}

function stirlingTail(x: number): number {
  return stirling.reduceRight((sum, term) => sum / (x * x) + term, 0) / x
}

/** x ln(x / mean) + mean − x; near the mean by its series in (x − mean) / (x + mean) (Loader 2000, bd0). */
function deviance(x: number, mean: number): number {
  if (Math.abs(x - mean) >= 0.1 * (x + mean)) return x * Math.log(x / mean) + mean - x
  const ratio = (x - mean) / (x + mean)
  let sum = (x - mean) * ratio
  let power = 2 * x * ratio
  for (let k = 1; k < 1000; k++) {
    power *= ratio * ratio
    const next = sum + power / (2 * k + 1)
    if (next === sum) return next
    sum = next
  }
  return sum
}

function gammaSeries(a: number, x: number): number {
  let term = 1
  let sum = 1
  for (let n = 1; n <= 100_000; n++) {
    term *= x / (a + n)
    sum += term
    if (term < sum * 1e-17) break
  }
  return gammaFront(a, x) * sum
}

function gammaFraction(a: number, x: number): number {
  let b = x + 1 - a
  let c = 1e300
  let d = 1 / awayFromZero(b)
  let value = d
  for (let n = 1; n <= 100_000; n++) {
    const an = -n * (n - a)
    b += 2
    d = 1 / awayFromZero(an * d + b)
    c = awayFromZero(b + an / c)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-16) break
  }
  return gammaFront(a, x) * a * value
}

/** The continued fraction DLMF 8.17.22, evaluated by Lentz's method. */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1
  let d = 1 / awayFromZero(1 - ((a + b) * x) / (a + 1))
  let value = d
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m))
    d = 1 / awayFromZero(1 + even * d)
    c = awayFromZero(1 + even / c)
    value *= c * d
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
    d = 1 / awayFromZero(1 + odd * d)
    c = awayFromZero(1 + odd / c)
    value *= c * d
    if (Math.abs(c * d - 1) < 1e-15) break
  }
  return value
}

function awayFromZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value
}
