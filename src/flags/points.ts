import { exposedPercent } from '../core/audience.ts'
import type { FlagState } from '../core/flag.ts'

/** Basis points of users who get the new version, those held back left out. Throws as `basisPoints` does. */
export function exposedPoints({ percent, audience }: Pick<FlagState, 'percent' | 'audience'>): number {
  basisPoints(percent)
  return basisPoints(exposedPercent(percent, audience))
}

/** 10000 basis points are everybody. */
export const whole = 10_000

/** Throws on a percent outside 0–100 or finer than 0.01: the run sheet's schema admits neither. */
function basisPoints(percent: number): number {
  const points = Math.round(percent * 100)
  const exact = Math.abs(points - percent * 100) < 1e-6
  if (!exact || points < 0 || points > whole) throw new RangeError(`${percent} % cannot be said in basis points`)
  return points
}
