/** A value's place on an axis, rounded to a tenth of a pixel. */
export type Scale = (value: number) => number

/** From a domain onto pixels; a domain without width lies at its beginning. */
export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  const slope = to === from ? 0 : (end - start) / (to - from)
  return (value) => Math.round((start + (value - from) * slope) * 10) / 10
}

/** Values from 0 on at round steps (1, 2 or 5 times a power of ten), about `count` of them; the last is at or above `top`. */
export function valueTicks(top: number, count: number): readonly number[] {
  if (!(top > 0) || !Number.isFinite(top)) return [0, 1]
  const rough = top / count
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * (roundSteps.find((round) => round * power >= rough * 0.999_999) ?? 10)
  const steps = Math.ceil(top / step - 1e-9)
  // Tenths and hundredths are not exact in binary: 3 × 0.1 is not 0.3.
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)))
}

const roundSteps = [1, 2, 5, 10]

const minute = 60_000
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080].map((minutes) => minutes * minute)

/** Round UTC times within a stretch, at most `most` of them. */
export function timeTicks(from: number, to: number, most: number): readonly number[] {
  const step = timeSteps.find((ms) => (to - from) / ms <= most) ?? Math.ceil((to - from) / most)
  const first = Math.ceil(from / step) * step
  const ticks = []
  for (let at = first; at <= to; at += step) ticks.push(at)
  return ticks
}
