import type { EpochMs } from '../core/brand.ts'
import { formatCount, plural } from '../core/quantity.ts'

/**
 * The shared-incident rule. Old and new version run side by side; what breaks both is not the new version's doing, so it
 * may hold a canary but not roll it back.
 *
 * 1. A minute in which the control itself reaches the limit is no evidence about the canary and is left out. That lets a
 *    canary ride out an incident that is over: later minutes decide.
 * 2. While the newest minute is such a minute the incident goes on, and nothing passes.
 * 3. When what is left still breaches, and the control breaches over the same minutes too, the answer is unknown.
 */

/** One minute of one variant: `top / samples` is the value that has the limit (bad of all, slow of all, sum of count). */
export type Part = { readonly start: EpochMs; readonly top: number; readonly samples: number }

export type IncidentRule = {
  readonly limit: number
  readonly floor: number
  /** True when the top counts single events: then one or two of them in a minute are noise, not an incident. */
  readonly events: boolean
}

/** A control minute says something on its own from a fifth of the samples that a verdict needs. */
const shareOfFloor = 5
/** Fewest bad events that make a minute an incident; statistics.md §2 asks for three before any fail. */
const fewestEvents = 3

/** Starts of the minutes in which the control itself breaches. */
export function sharedMinutes(control: readonly Part[], rule: IncidentRule): ReadonlySet<EpochMs> {
  const shared = control.filter(
    (part) =>
      part.samples >= rule.floor / shareOfFloor &&
      reaches(part.top / part.samples, rule.limit) &&
      (!rule.events || part.top >= fewestEvents),
  )
  return new Set(shared.map((part) => part.start))
}

/** Value and samples of the control when it breaches with enough samples, else null. */
export function controlBreach(
  control: readonly Part[],
  rule: IncidentRule,
): { readonly value: number; readonly samples: number } | null {
  const { top, samples } = totalOf(control)
  return samples >= rule.floor && reaches(top / samples, rule.limit) ? { value: top / samples, samples } : null
}

export function totalOf(parts: readonly Part[]): { readonly top: number; readonly samples: number } {
  return parts.reduce((total, part) => ({ top: total.top + part.top, samples: total.samples + part.samples }), {
    top: 0,
    samples: 0,
  })
}

/** `≥`, with equality up to rounding of the quotient: 10 of 200 reaches 1 − 0.95, which floating point puts above 0.05. */
export function reaches(value: number, limit: number): boolean {
  return value >= limit - Math.abs(limit) * 1e-12
}

/** `control breaches too (5.1% of 12,000): shared incident` */
export function controlBreachText(value: string, samples: number | null): string {
  return `control breaches too (${samples === null ? value : `${value} of ${formatCount(samples)}`}): shared incident`
}

/** `; 10 shared-incident minutes left out`, or nothing. */
export function leftOutText(count: number, noun = 'shared-incident minute'): string {
  return count === 0 ? '' : `; ${plural(count, noun)} left out`
}
