import { bunching, splitDispersion } from '../stats/dispersion.ts'
import type { Mixture, Starts } from '../stats/e-process.ts'
import type { ArmEffect, Effect, Finding, RelativeFinding } from './decision.ts'
import type { Columns, SignalMinutes } from './minutes.ts'
import type { Margin, RelativeRule, Rules } from './plan.ts'

/**
 * The canary against the control of the same minutes: evidence over all minutes so far, tempered by how much the data
 * vary more than independent events would, corroborated by more than one minute, and a difference that matters.
 */
export function againstControl(
  minutes: SignalMinutes,
  now: number,
  starts: Starts,
  rules: Rules,
  incident: number,
): RelativeFinding | null {
  const rule = minutes.signal.relative
  const rows = minutes.relative
  if (!rule || !rows) return null
  const needed = Math.log(1 / rule.alpha)
  const whole = rows.mixture(now, starts)
  // Tempering never lifts evidence above itself (or 1), so what is small now stays small.
  if (whole.log < Math.log(Math.min(rules.doubt, rules.corroboration, rules.suspicion, rules.warn)))
    return quiet(whole, needed)

  const { onset } = whole
  const dispersion = dispersionOf(minutes, rule, now, onset, -1)
  const tempered = dispersion > 1 ? rows.mixture(now, starts, dispersion).log : whole.log
  const rest = dispersionOf(minutes, rule, now, onset, loudestMinute(minutes, now, onset))
  const besides = incident < 0 ? tempered : rows.mixture(now, starts, dispersion, 'kept', incident).log
  const levelled = rows.mixture(now, starts, rest, 'levelled', incident).log
  const others = rows.mixture(now, starts, rest, 'dropped', incident).log
  const effect = effectSince(minutes, rule, onset, now)
  const matters = effect.holds.length > 0
  const plenty = matters && (effect.canary.above[0] ?? 0) >= rules.fewestAtEnd
  const corroborated = matters && others >= Math.log(rules.corroboration)
  return {
    log: whole.log,
    tempered,
    besides,
    levelled,
    others,
    incident: incident >= 0 ? incident : null,
    needed,
    dispersion,
    onset,
    effect,
    convinced: corroborated && Math.min(tempered, levelled) >= needed,
    doubtful: matters && tempered >= Math.log(rules.doubt),
    suspects: plenty && rule.rare && besides >= Math.log(rules.doubt) && levelled >= Math.log(rules.suspicion),
    warns: plenty && Math.min(tempered, others) >= Math.log(rules.warn),
  }
}

/** Too little to matter, as at most looks: field by field, since fields added to a spread cost microseconds on Node 20. */
function quiet({ log, onset }: Mixture, needed: number): RelativeFinding {
  return {
    log,
    tempered: log,
    besides: log,
    levelled: log,
    others: log,
    incident: null,
    needed,
    dispersion: 1,
    onset,
    effect: null,
    convinced: false,
    doubtful: false,
    suspects: false,
    warns: false,
  }
}

/** What a signal without any limit passes by: both arms over the settled minutes that count and that both have. */
export function comparedSoFar(minutes: SignalMinutes, settled: number, mask: Uint8Array): Finding['compared'] | null {
  const { signal, canary, control } = minutes
  if (signal.limits.length > 0 || signal.mean !== null) return null
  const own = armSince(canary, control, 0, settled, mask)
  return { canary: own, control: armSince(control, canary, 0, settled, mask), enough: own.n >= signal.floor }
}

/**
 * The minute in which several signals are loud at once, the loudest such: an incident of that minute rather than a
 * regression of any of them. −1 when there is none, or only one signal to compare.
 */
export function incidentMinute(signals: readonly SignalMinutes[], now: number, rules: Rules): number {
  const rows = signals.flatMap(({ relative, signal }) => (relative && !signal.isTwin ? [relative] : []))
  if (rows.length < 2) return -1
  let found = -1
  let most = Math.log(rules.incident)
  for (let t = 0; t < now; t++) {
    // The second loudest signal says whether more than one is loud.
    let first = 0
    let second = 0
    for (const row of rows) {
      const score = row.score(t)
      if (score > first) {
        second = first
        first = score
      } else if (score > second) second = score
    }
    if (second > most) {
      most = second
      found = t
    }
  }
  return found
}

function dispersionOf(minutes: SignalMinutes, rule: RelativeRule, now: number, onset: number, without: number): number {
  if (rule.rare) {
    const arms = minutes.arms(0)
    return Math.max(splitDispersion(arms, now, onset, without), bunching(arms, now, onset, without))
  }
  // The first cut has the most events, and whatever moves a whole minute of one arm moves them.
  return splitDispersion(minutes.arms(0), now, onset, without)
}

function loudestMinute(minutes: SignalMinutes, now: number, onset: number): number {
  let loudest = -1
  let most = 0
  for (let t = onset; t < now; t++) {
    const score = minutes.relative?.score(t) ?? 0
    if (score > most) {
      most = score
      loudest = t
    }
  }
  return loudest
}

function effectSince(minutes: SignalMinutes, rule: RelativeRule, from: number, to: number): Effect {
  const canary = armSince(minutes.canary, minutes.control, from, to)
  const control = armSince(minutes.control, minutes.canary, from, to)
  const enough = (margin: Margin) => (canary.above[margin.of === 'share' ? margin.cut : 0] ?? 0) >= margin.fewest
  return { canary, control, holds: rule.margins.filter((margin) => enough(margin) && holds(margin, canary, control)) }
}

/** One arm over the minutes in which both arms have data. */
function armSince(arm: Columns, other: Columns, from: number, to: number, mask?: Uint8Array): ArmEffect {
  let n = 0
  let sum = 0
  const above = arm.above.map(() => 0)
  for (let t = from; t < to; t++) {
    const size = arm.n[t] ?? 0
    if (size === 0 || (other.n[t] ?? 0) === 0 || mask?.[t]) continue
    n += size
    sum += arm.sum[t] ?? 0
    for (let cut = 0; cut < above.length; cut++) above[cut] = (above[cut] ?? 0) + (arm.above[cut]?.[t] ?? 0)
  }
  return { n, above, mean: n > 0 ? sum / n : null }
}

function holds(margin: Margin, canary: ArmEffect, control: ArmEffect): boolean {
  if (canary.n === 0 || control.n === 0) return false
  const [own, usual] =
    margin.of === 'mean'
      ? [canary.mean ?? 0, control.mean ?? 0]
      : [(canary.above[margin.cut] ?? 0) / canary.n, (control.above[margin.cut] ?? 0) / control.n]
  const delta = margin.of === 'share' ? margin.delta : 0
  return own >= margin.ratio * usual && own >= margin.least && own - usual >= delta
}
