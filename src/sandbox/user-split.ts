import type { Episode, Scenario } from './scenario.ts'
import type { Exposed, Exposure } from './types.ts'

/** Who is served which version in a minute, and what the scenario does to them. */

export const minuteMs = 60_000

/** Shares of the minute's users. `control`, `canary` and `broken` add up to 1. */
export type UserSplit = {
  readonly control: number
  /** On the new version, which works for them. */
  readonly canary: number
  /** On the new version, which the scenario breaks for them. */
  readonly broken: number
  /** Share of all requests that fail because of an outage. */
  readonly outageErrors: number
}

/** The split of the minute starting at `start`; an exposure that changes inside it counts for its part of the minute. */
export function splitUsers(exposure: readonly Exposure[], scenario: Scenario, start: number): UserSplit {
  const { unreached, outage } = scenario.effects
  let canary = 0
  let broken = 0
  for (const { share, stage, part } of unreached ? [] : segments(exposure, start)) {
    if (scenario.from !== null && stage >= scenario.from - 1e-9) broken += share * part
    else canary += share * part
  }
  const outageErrors = outage ? outage.errors * overlap(episodeOf(exposure, outage), start) : 0
  return { control: Math.max(0, 1 - canary - broken), canary, broken, outageErrors }
}

/** The exposures in force during a minute, each with its part (0–1) of the minute. */
function segments(exposure: readonly Exposure[], start: number): readonly (Exposed & { readonly part: number })[] {
  const end = start + minuteMs
  return exposure.flatMap(({ at, ...exposed }, index) => {
    const from = Math.max(at, start)
    const to = Math.min(exposure[index + 1]?.at ?? Infinity, end)
    return to > from && exposed.share > 0 ? [{ ...exposed, part: (to - from) / minuteMs }] : []
  })
}

type Span = { readonly from: number; readonly to: number }

/** When an episode of this flag history is; null before the stage it belongs to. */
function episodeOf(exposure: readonly Exposure[], episode: Episode): Span | null {
  const begun = exposure.find(({ stage }) => stage >= episode.stage)
  return begun ? { from: begun.at + episode.afterMs, to: begun.at + episode.afterMs + episode.forMs } : null
}

/** Which part (0–1) of a minute lies in a span. */
function overlap(span: Span | null, start: number): number {
  if (!span) return 0
  return Math.max(0, Math.min(span.to, start + minuteMs) - Math.max(span.from, start)) / minuteMs
}

/**
 * Until when data counts as having arrived, seen from `now`: while the scenario stalls publishing, what had arrived
 * before the stall is all there is.
 */
export function arrivalClock(exposure: readonly Exposure[], scenario: Scenario, now: number): number {
  const stall = scenario.effects.stall ? episodeOf(exposure, scenario.effects.stall) : null
  return stall && now > stall.from && now < stall.to ? stall.from : now
}

/** How much (0–1) of a minute's data has arrived: it trickles in evenly from the minute's start until `lagMs` after its end. */
export function arrivedShare(start: number, lagMs: number, arrival: number): number {
  return Math.min(1, Math.max(0, (arrival - start) / (minuteMs + lagMs)))
}
