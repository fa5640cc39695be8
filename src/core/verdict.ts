import type { EpochMs } from './brand.ts'

/**
 * What a check says. `unknown` covers no data, too little data, stale data and provider errors, and never promotes.
 * `waived` is neutral: always printed, never shown as a pass.
 */
export type Verdict = 'pass' | 'fail' | 'unknown' | 'waived'

export type Window = { readonly from: EpochMs; readonly to: EpochMs }

/** What one check found, in numbers a person can check. */
export type Judgement = {
  readonly verdict: Verdict
  readonly observed: number | string | null
  readonly limit: number | string | null
  /** Unit of `observed` and `limit` when they are numbers: `ms`, `share` (0–1), `count`, `percent`, or the metric's own. */
  readonly unit: string
  readonly samples: number
  readonly window: Window | null
  /** What was asked, in the provider's words; for explain. */
  readonly query: string
  readonly why: string
}

type Found = Partial<Omit<Judgement, 'verdict' | 'why'>>

const nothing = { observed: null, limit: null, unit: '', samples: 0, window: null, query: '' } as const

export function pass(why: string, found: Found = {}): Judgement {
  return { ...nothing, ...found, verdict: 'pass', why }
}

export function fail(why: string, found: Found = {}): Judgement {
  return { ...nothing, ...found, verdict: 'fail', why }
}

export function unknown(why: string, found: Found = {}): Judgement {
  return { ...nothing, ...found, verdict: 'unknown', why }
}

/** `why` names the reason and, for a waiver somebody recorded, who did. */
export function waived(why: string, found: Found = {}): Judgement {
  return { ...nothing, ...found, verdict: 'waived', why }
}

/** A gate's verdict: any fail → fail, else any unknown → unknown, else pass; nothing but waived (or nothing) → unknown. */
export function foldVerdicts(verdicts: readonly Verdict[]): Exclude<Verdict, 'waived'> {
  if (verdicts.includes('fail')) return 'fail'
  if (verdicts.includes('unknown')) return 'unknown'
  return verdicts.includes('pass') ? 'pass' : 'unknown'
}
