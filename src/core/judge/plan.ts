import { logGrid } from '../stats/e-process.ts'

/**
 * What a canary is judged by. Times are whole minutes (or whatever period the metrics have) since the first stage began:
 * minute 0 is the first that the canary served.
 */
export type JudgePlan = {
  readonly stages: readonly { readonly share: number; readonly soak: number }[]
  /** A stage may last this many times its soak, until its last minute is over, before the budget rules. */
  readonly extend: number
  /** What is done with a stage whose budget is spent while every value is inside its limit. */
  readonly onInconclusive: 'hold' | 'rollback' | 'promote-unproven'
  /** Minutes until a minute is settled: absolute limits, passes and control values wait for it. */
  readonly lag: number
  readonly signals: readonly Signal[]
  readonly rules: Rules
}

/**
 * Requests counted above cut-points, ascending: an error rate is a signal with one cut (an error), a latency one with
 * several. `limits` bound the share above a cut; `mean` bounds the sum by the count.
 */
export type Signal = {
  readonly id: string
  readonly cuts: number
  readonly limits: readonly LimitRule[]
  readonly mean: { readonly limit: number; readonly floor: number; readonly rollback?: number } | null
  /** Against the control of the same minutes; null: judged by its limits alone. */
  readonly relative: RelativeRule | null
  /** Events needed before a share counts as proven; without a limit, canary events beside the control's before a pass. */
  readonly floor: number
  /** Counts the same events as another signal: that both are loud in one minute is then no incident. */
  readonly isTwin?: true
}

/**
 * A share of events above a cut that passes below `share`. With `rollback`, a looser limit, only a share that reaches that
 * one is a reason to roll back; between the two nothing passes and nothing fails.
 */
export type LimitRule = {
  readonly cut: number
  readonly share: number
  readonly rollback?: { readonly cut: number; readonly share: number }
}

/** The limit that is a reason to roll back. */
export function rollbackLimit(limit: LimitRule): { readonly cut: number; readonly share: number } {
  return limit.rollback ?? limit
}

export type RelativeRule = {
  readonly alpha: number
  /** Odds ratios canary : control that are still no regression, per cut. */
  readonly nullOdds: readonly number[]
  /** Regressions to look for: per cut, the multiple of `nullOdds`. */
  readonly alternatives: readonly (readonly number[])[]
  /** Bad events come in bunches (retries): temper by how they bunch, too. */
  readonly rare: boolean
  /** The regression matters when any of these holds since its onset. */
  readonly margins: readonly Margin[]
}

/** `fewest`: canary events above the cut (the first, for a mean) since the onset, without which it does not hold. */
export type Margin =
  | {
      readonly of: 'share'
      readonly cut: number
      readonly ratio: number
      readonly delta: number
      readonly least: number
      readonly fewest: number
    }
  | { readonly of: 'mean'; readonly ratio: number; readonly least: number; readonly fewest: number }

export type Rules = {
  /** Chance of a false alarm per absolute limit. */
  readonly absoluteAlpha: number
  /** One-sided error of a stage's pass bound, all its looks together. */
  readonly passBeta: number
  /** Minutes between looks at the pass bound. */
  readonly lookEvery: number
  /** Evidence that must remain without the loudest minute. */
  readonly corroboration: number
  /** Levelled evidence that must be there when a spent budget rolls back because of doubt and values outside a limit. */
  readonly suspicion: number
  /** Evidence of one minute in two signals at once that makes it an incident. */
  readonly incident: number
  /**
   * Evidence from which a stage may not pass, and from which a spent budget rolls back: with a value outside its limit
   * (`doubt`), and without one (`warn`).
   */
  readonly doubt: number
  readonly warn: number
  /** Bad events without which nothing is called bad. */
  readonly fewest: number
  /** Canary events above the first cut without which a spent budget does not roll back. */
  readonly fewestAtEnd: number
  /** A spent budget promotes only if the worst rate consistent with the data, times the next share, is below this many limits. */
  readonly tolerance: number
  /** Minutes after a spent budget in which evidence may still roll back or pass. */
  readonly grace: number
  /** Without a complete minute this new, nothing is decided. */
  readonly freezeAfter: number
}

export const rules: Rules = {
  absoluteAlpha: 0.005,
  passBeta: 0.05,
  lookEvery: 5,
  corroboration: 7,
  suspicion: 3,
  incident: 2.5,
  doubt: 10,
  warn: 20,
  fewest: 3,
  fewestAtEnd: 8,
  tolerance: 5,
  grace: 15,
  freezeAfter: 5,
}

/** A share of bad events that must stay below a limit: errors of requests. */
export function shareSignal(id: string, limit: number, alpha = 0.0167): Signal {
  return {
    id,
    cuts: 1,
    limits: [{ cut: 0, share: limit }],
    mean: null,
    relative: {
      alpha,
      nullOdds: [1.1],
      // More than half of them large: what breaks a tenth of all requests is to be found within minutes.
      alternatives: [...logGrid(1.8, 12, 4), ...logGrid(16, 40, 5)].map((multiple) => [multiple]),
      rare: true,
      margins: [{ of: 'share', cut: 0, ratio: 1.5, delta: limit / 4, least: 0, fewest: 4 }],
    },
    floor: 200,
  }
}

/**
 * A latency with counts above ascending cut-points; `slow` bounds the share above one of them, `average` the mean.
 * Alternatives are a shift of the whole distribution (odds u at the first cut, u^0.55 within each further tail, as a shifted
 * lognormal has) and a heavier tail above the last cut but one.
 */
export function latencySignal(
  id: string,
  cuts: number,
  limits: { readonly slow?: LimitRule; readonly average?: number },
  alpha = 0.0167,
): Signal {
  const { slow, average } = limits
  // The cut of a rollback limit is counted for that limit alone: it says nothing about what is usual.
  const silent = slow?.rollback?.cut ?? -1
  const compared = Array.from({ length: cuts }, (_, cut) => cut).filter((cut) => cut !== silent)
  const perCut = (multiple: (place: number) => number) =>
    Array.from({ length: cuts }, (_, cut) => (cut === silent ? 1 : multiple(compared.indexOf(cut))))
  const shifts = logGrid(1.4, 5, 5).map((u) => perCut((place) => (place === 0 ? u : u ** 0.55)))
  const tail = perCut((place) => (place >= compared.length - 2 ? 4.5 : 1))
  return {
    id,
    cuts,
    limits: slow ? [slow] : [],
    mean: average === undefined ? null : { limit: average, floor: 50 },
    relative: {
      alpha,
      nullOdds: Array.from({ length: cuts }, (_, cut) => (cut === 0 ? 1.1 : 1.05)),
      alternatives: [...shifts, tail],
      rare: false,
      margins: [
        ...(average === undefined ? [] : [{ of: 'mean' as const, ratio: 1.3, least: average / 2, fewest: 20 }]),
        ...(slow
          ? [{ of: 'share' as const, cut: slow.cut, ratio: 1.5, delta: 0, least: slow.share / 2, fewest: 4 }]
          : []),
      ],
    },
    floor: 200,
  }
}

/**
 * Events or samples that are only compared with the control's: no limit, and a regression matters from `atMost` times the
 * control's share or mean.
 */
export function comparedSignal(id: string, of: 'share' | 'mean', cuts: number, atMost: number, alpha: number): Signal {
  const like = of === 'share' ? shareSignal(id, 1, alpha) : latencySignal(id, cuts, {}, alpha)
  const margin: Margin =
    of === 'share'
      ? { of, cut: 0, ratio: atMost, delta: 0, least: 0, fewest: 4 }
      : { of, ratio: atMost, least: 0, fewest: 20 }
  const { relative } = like
  // A margin below what the usual alternatives begin with needs one that is as near to it.
  const near = Math.max(1.2, atMost / 1.1)
  const nearest = Array.from({ length: like.cuts }, (_, cut) => (cut === 0 ? near : near ** 0.55))
  const isNearer =
    near < Math.min(...(relative?.alternatives ?? []).map(([first = 1]) => (first > 1 ? first : Infinity)))
  return {
    ...like,
    limits: [],
    relative: relative && {
      ...relative,
      nullOdds: relative.nullOdds.map((odds) => Math.min(odds, atMost)),
      alternatives: [...(isNearer ? [nearest] : []), ...relative.alternatives],
      margins: [margin],
    },
  }
}
