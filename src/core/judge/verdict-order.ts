import type { Because, Decision, Finding, StageClock } from './decision.ts'
import type { JudgePlan } from './plan.ts'

/** What was found at a tick, besides the evidence of each signal. */
export type Facts = {
  readonly plan: JudgePlan
  readonly clock: StageClock
  readonly findings: readonly Finding[]
  /** The data cannot be trusted. */
  readonly trouble: boolean
  /** None of the data is new. */
  readonly stale: boolean
  /** The signal of which the canary's newest minute fails outright. */
  readonly failing: string | null
  /** The newest settled minute is one in which the control itself is outside a limit. */
  readonly environment: boolean
  readonly flag: 'flag-reaches-nobody' | 'share-is-off' | null
  /** The soak's minutes have data. */
  readonly covered: boolean
}

export type Verdict = Pick<Decision, 'verdict' | 'budget' | 'because' | 'signal'>

/** The verdict, in the order of what must not wait; a pass comes after everything that speaks against it. */
export function verdictOf(facts: Facts): Verdict {
  const { findings } = facts
  if (facts.trouble) return say('freeze', 'no-fresh-data')
  const worse = findings.find(({ relative }) => relative?.convinced)
  if (worse) return say('rollback', 'canary-worse-than-control', worse.signal)
  if (facts.failing !== null) return say('rollback', 'canary-fails-outright', facts.failing)
  // A limit to roll back by that the control keeps is broken also while the control is outside the one to go on by.
  const beyond = findings.find(({ limits }) => limits.some((limit) => limit.broken && limit.rollback))
  if (beyond) return say('rollback', 'limit-broken', beyond.signal)
  if (facts.environment) return say('environment-hold', 'control-outside-its-limits')
  const broken = findings.find(({ limits }) => limits.some((limit) => limit.broken))
  if (broken) return say('rollback', 'limit-broken', broken.signal)
  const slow = findings.find(({ mean }) => mean?.broken)
  if (slow) return say('rollback', 'mean-limit-broken', slow.signal)
  // What was proven against a canary stands, whether or not anybody came since.
  if (facts.stale) return say('freeze', 'no-fresh-data')
  if (facts.flag) return say('no-canary-traffic', facts.flag)
  return forward(facts)
}

/** Nothing to act on: the stage passes, is given more time, or has used it up. */
function forward({ plan, clock, findings, covered }: Facts): Verdict {
  const outside = findings.find(isOutside)
  const doubtful = findings.find(({ relative }) => relative?.doubtful)
  const unproven = findings.find(
    ({ limits, mean, compared }) =>
      mean?.enough === false || compared?.enough === false || limits.some((limit) => !limit.bound?.proven),
  )
  const stable = clock.calm >= clock.soak && covered
  const soaked = clock.elapsed >= clock.soak
  if (soaked && stable && !outside && !doubtful && !unproven) return say('pass', 'proven')
  if (clock.elapsed >= clock.budget) {
    const warned =
      findings.find(({ relative }) => relative?.warns) ??
      findings.find((finding) => isOutside(finding) && finding.relative?.suspects)
    if (warned) return spent('rollback', 'worse-at-the-end', warned.signal)
    if (outside) return spent('hold', 'outside-a-limit', outside.signal)
    if (doubtful) return spent('hold', 'open-doubt', doubtful.signal)
    if (!covered) return spent('hold', 'unstable', null)
    const uncertain = findings.find(({ limits }) =>
      limits.some(({ bound, limit }) => bound === null || bound.next > plan.rules.tolerance * limit),
    )
    if (uncertain) return spent('hold', 'too-uncertain', uncertain.signal)
    return spent(plan.onInconclusive, 'inside-but-unproven', unproven?.signal ?? null)
  }
  if (!soaked) return say('extend', 'soaking')
  if (!stable) return say('extend', 'unstable')
  if (outside) return say('extend', 'outside-a-limit', outside.signal)
  if (doubtful) return say('extend', 'open-doubt', doubtful.signal)
  return say('extend', 'not-proven-yet', unproven?.signal ?? null)
}

function isOutside({ limits, mean }: Finding): boolean {
  return mean?.outside === true || limits.some((limit) => limit.outside)
}

function say(verdict: Exclude<Decision['verdict'], 'budget'>, because: Because, signal: string | null = null): Verdict {
  return { verdict, because, signal, budget: null }
}

function spent(budget: NonNullable<Decision['budget']>, because: Because, signal: string | null): Verdict {
  return { verdict: 'budget', because, signal, budget }
}
