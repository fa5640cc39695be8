import type { SignalSource } from '../core/check.ts'
import type { ArmEffect, Decision, Finding, LimitFinding, MeanFinding } from '../core/judge/decision.ts'
import { rules } from '../core/judge/plan.ts'
import { formatCount, formatQuantity, plural } from '../core/quantity.ts'
import type { RolloutSignal, SignalCheck } from './rollout-signals.ts'

type Said = { readonly verdict: 'pass' | 'fail' | 'unknown'; readonly why: string }

/** What a decision says about each check of a signal, in words and numbers that a captain can check. */
export function saidOf(signal: RolloutSignal, decision: Decision): readonly (readonly [string, Said])[] {
  const finding = decision.findings.find((one) => one.signal === signal.signal.id)
  if (!finding) return []
  const guilty = signal.checks.filter((check) => speaksAgainst(check, finding))
  return signal.checks.map((check) => {
    const isGuilty = guilty.length === 0 || guilty.includes(check)
    const part = partOf(check, finding)
    const bad = failure(check, part, finding, decision, isGuilty)
    if (bad !== null) return [check.id, { verdict: 'fail', why: bad }]
    const open = undecided(check, part, finding, decision)
    if (open !== null) return [check.id, { verdict: 'unknown', why: open }]
    return [check.id, { verdict: 'pass', why: proof(check, part, decision) }]
  })
}

type Part = {
  readonly limit: LimitFinding | null
  readonly mean: MeanFinding | null
  readonly compared: NonNullable<Finding['compared']> | null
}

function partOf({ bounds }: SignalCheck, { limits, mean, compared }: Finding): Part {
  if (compared) return { limit: null, mean: null, compared }
  return bounds.of === 'mean'
    ? { limit: null, mean, compared: null }
    : { limit: limits[0] ?? null, mean: null, compared: null }
}

/** Whether the difference that was found is one of this check's kind: of the mean, or of the share. */
function speaksAgainst(check: SignalCheck, finding: Finding): boolean {
  const own = check.bounds.of === 'mean' ? 'mean' : 'share'
  const { limit, mean } = partOf(check, finding)
  return (
    limit?.outside === true ||
    mean?.outside === true ||
    (finding.relative?.effect?.holds ?? []).some((margin) => margin.of === own)
  )
}

function failure(
  check: SignalCheck,
  part: Part,
  finding: Finding,
  decision: Decision,
  isGuilty: boolean,
): string | null {
  const { signal, relative } = finding
  const { limit, mean } = part
  if (decision.verdict === 'freeze') return null
  if (relative?.convinced === true && isGuilty)
    return `${against(check, finding)}; ${evidence(relative.tempered, relative.needed)}`
  if (decision.because === 'canary-fails-outright' && decision.signal === signal && isGuilty)
    return `${half(check)} in its newest minute, fewer than a tenth of the old version's`
  if (decision.verdict === 'environment-hold') return null
  if (limit?.broken === true) return `${brokenFigure(check, limit)}; ${evidence(limit.others, limit.needed)}`
  if (mean?.broken === true)
    return `${meanFigure(check, mean)}, ${inUnit(mean.halfWidth ?? 0, check.bounds)} of it uncertain: above ${inUnit(mean.rollback ?? mean.limit, check.bounds)}`
  if (decision.because === 'worse-at-the-end' && decision.signal === signal && isGuilty)
    return `its time is up and it stays worse: ${relative?.effect ? against(check, finding) : shown(check, part)}`
  return null
}

function undecided(check: SignalCheck, part: Part, finding: Finding, decision: Decision): string | null {
  const { relative } = finding
  const { verdict, because, clock } = decision
  const { limit, mean, compared } = part
  const now = shown(check, part)
  if (verdict === 'freeze') return `no minute of the last ${rules.freezeAfter} has data`
  if (verdict === 'environment-hold')
    return `the old version is outside its limit, too: those minutes do not count (${now})`
  if (because === 'flag-reaches-nobody') return 'the new version gets no requests: the flag reaches nobody'
  if (because === 'share-is-off')
    return `the new version's share of the requests is far from ${percent(clock.share)}: its numbers say nothing`
  if (limit?.outside === true)
    return limit.rollback?.outside === false
      ? `${now}: ${between}`
      : `${now}: outside, ${evidence(limit.others, limit.needed)}`
  if (mean?.outside === true) return isBetween(mean) ? `${now}: ${between}` : `${now}: outside, not certain yet`
  if (relative?.doubtful === true) return `${against(check, finding)}: ${evidence(relative.tempered, relative.needed)}`
  if (clock.elapsed < clock.soak)
    return `${formatCount(clock.elapsed)} of ${plural(clock.soak, 'minute')} baked; ${now}`
  if (clock.calm < clock.soak)
    return `${formatCount(clock.calm)} of ${plural(clock.soak, 'minute')} since the last burst or incident; ${now}`
  if (because === 'unstable') return `minutes of the bake have no data; ${now}`
  if (mean && !mean.enough) return `${now}: too few samples`
  if (compared && !compared.enough)
    return `${formatCount(compared.canary.n)} of ${formatCount(check.bounds.floor)} needed; ${now}`
  if (limit && limit.bound?.proven !== true) return unproven(check, limit, now, decision)
  return null
}

function unproven({ bounds }: SignalCheck, { bound, limit }: LimitFinding, now: string, { clock }: Decision): string {
  if (!bound) return `${now}; not looked at yet`
  if (bound.n < bounds.floor) return `${formatCount(bound.n)} of ${formatCount(bounds.floor)} needed; ${now}`
  return `${now}; it may be ${percent(bound.upper)}, of ${percent(clock.nextShare)} of users: ${percent(bound.next)}, not below ${percent(limit)} yet`
}

function proof(check: SignalCheck, part: Part, { clock }: Decision): string {
  const bound = part.limit?.bound
  const now = shown(check, part)
  if (!bound || !part.limit) return now
  return `${now}; at most ${percent(bound.upper)}, of ${percent(clock.nextShare)} of users: ${percent(bound.next)}, below ${percent(part.limit.limit)}`
}

function shown(check: SignalCheck, { limit, mean, compared }: Part): string {
  if (compared) return sideBySide(check, compared)
  if (limit) return figure(check, limit)
  return mean ? meanFigure(check, mean) : ''
}

/** `0.31% of 4,212 requests`. */
function figure({ bounds }: SignalCheck, { n, bad }: LimitFinding): string {
  return n === 0
    ? `no ${bounds.of === 'share' ? bounds.all : 'samples'} yet`
    : `${percent(bad / n)} of ${formatCount(n)} ${nounOf(bounds)}`
}

/** What broke the limit to roll back by: counts of the last bake where that limit is one of its own. */
function brokenFigure(check: SignalCheck, limit: LimitFinding): string {
  const { rollback } = limit
  if (!rollback) return `${figure(check, limit)} since the first stage`
  const { bounds } = check
  const cut = bounds.of === 'slow' ? (bounds.rollbackAt ?? bounds.cut) : 0
  const noun = bounds.of === 'slow' ? `samples at or above ${inUnit(cut, bounds)}` : nounOf(bounds)
  return `${percent(rollback.bad / rollback.n)} of ${formatCount(rollback.n)} ${noun} in the last bake, limit to roll back by ${percent(rollback.limit)}`
}

const between = 'outside the promotion limit, inside the rollback limit'

function isBetween({ rollback, mean, recent }: MeanFinding): boolean {
  return rollback !== undefined && Math.max(mean ?? 0, recent ?? 0) < rollback
}

function meanFigure({ bounds }: SignalCheck, { n, mean }: MeanFinding): string {
  return mean === null ? 'no samples yet' : `${inUnit(mean, bounds)} over ${formatCount(n)} samples`
}

function nounOf(bounds: SignalSource): string {
  if (bounds.of === 'share') return bounds.all
  return bounds.of === 'slow' ? `samples at or above ${inUnit(bounds.cut, bounds)}` : 'samples'
}

/** Both versions over the minutes since the difference is most credible. */
function against(check: SignalCheck, { relative, limits }: Finding): string {
  const effect = relative?.effect
  return effect ? sideBySide(check, effect, limits[0]?.cut) : 'worse than the old version'
}

function sideBySide(
  { bounds }: SignalCheck,
  { canary, control }: { readonly canary: ArmEffect; readonly control: ArmEffect },
  cut = 0,
): string {
  const value = (arm: ArmEffect) => {
    if (bounds.of === 'mean') return arm.mean === null ? 'nothing' : inUnit(arm.mean, bounds)
    return arm.n === 0 ? 'nothing' : percent((arm.above[cut] ?? 0) / arm.n)
  }
  return `${value(canary)} of ${formatCount(canary.n)} against ${value(control)} of ${formatCount(control.n)} in the old version`
}

/** Evidence is the factor by which the data are better explained by a regression than without one. */
function evidence(log: number, needed: number): string {
  const most = 1e6
  const factor = log >= Math.log(most) ? `above ${formatCount(most)}` : formatCount(Math.round(Math.exp(log)))
  return `evidence ${factor} : 1, ${formatCount(Math.round(Math.exp(needed)))} needed`
}

function half({ bounds }: SignalCheck): string {
  return bounds.of === 'share'
    ? 'half or more failed'
    : `half or more were at or above ${inUnit(bounds.of === 'slow' ? bounds.cut : (bounds.below ?? 0), bounds)}`
}

function inUnit(value: number, bounds: SignalSource): string {
  return formatQuantity(Number(value.toPrecision(4)), bounds.of === 'share' ? 'share' : bounds.unit)
}

/** Three digits are more than any of these figures is certain to. */
function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}
