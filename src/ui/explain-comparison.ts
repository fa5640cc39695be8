import type { SignalSource } from '../core/check.ts'
import type { ArmEffect, Finding, RelativeFinding } from '../core/judge/decision.ts'
import { rules, type Margin } from '../core/judge/plan.ts'
import type { Retold, RetoldSignal } from '../core/judge/retold.ts'
import { log, percent, percent4, whole } from './explain-numbers.ts'
import { clockTime, number, quantity } from './format.ts'

type Row = readonly [label: string, text: string]

/** What a check without a limit passes by. */
export function comparedRows({ compared }: Finding, { signal }: RetoldSignal, bounds: SignalSource): readonly Row[] {
  if (!compared) return []
  const { canary, control, enough } = compared
  return [
    [
      'so far',
      `${armText(canary, signal.limits, bounds)} against ${armText(control, signal.limits, bounds)} in the old version, ${whole(canary.n)} ${enough ? '≥' : '<'} ${whole(signal.floor)} needed → ${enough ? 'enough' : 'too few'}`,
    ],
  ]
}

function armText(
  { n, above, mean }: ArmEffect,
  limits: RetoldSignal['signal']['limits'],
  bounds: SignalSource,
): string {
  if (bounds.of === 'mean') return `${mean === null ? 'nothing' : quantity(mean, bounds.unit, 6)} over ${whole(n)}`
  const bad = above[cutOf(limits)] ?? 0
  return `${whole(bad)} of ${whole(n)}${n === 0 ? '' : ` = ${percent4(bad / n)}`}`
}

/** The new version against the old one of the same minutes. */
export function comparisonRows(
  relative: RelativeFinding,
  { signal }: RetoldSignal,
  bounds: SignalSource,
  { origin, periodMs }: Retold,
): readonly Row[] {
  const least = Math.min(rules.doubt, rules.corroboration, rules.suspicion, rules.warn)
  const { effect } = relative
  if (effect === null)
    return [
      [
        'compared',
        `ln E ${log(relative.log)} < ln ${least} = ${log(Math.log(least))}: nothing against the new version`,
      ],
    ]
  const arm = (effectOf: ArmEffect) => armText(effectOf, signal.limits, bounds)
  const margins = signal.relative?.margins ?? []
  const matters = effect.holds.length > 0
  const verdict = relative.convinced ? 'worse' : relative.doubtful ? 'open doubt' : 'not certain'
  return [
    [
      'compared',
      `since ${clockTime(origin + relative.onset * periodMs)} ${arm(effect.canary)} against ${arm(effect.control)} in the old version → ${matters ? 'matters' : 'does not matter'} (${margins.map((margin) => marginText(margin, bounds)).join(', or ')})`,
    ],
    [
      'evidence',
      `ln E ${log(relative.log)}, tempered by dispersion ${number(relative.dispersion)} ${log(relative.tempered)}, levelled ${log(relative.levelled)}; each needs ln(1/${number(Math.exp(-relative.needed))}) = ${log(relative.needed)}`,
    ],
    [
      'evidence',
      `${log(relative.others)} without its loudest minute, ln ${rules.corroboration} = ${log(Math.log(rules.corroboration))} needed; doubt from ln ${rules.doubt} = ${log(Math.log(rules.doubt))} → ${verdict}`,
    ],
  ]
}

function marginText(margin: Margin, bounds: SignalSource): string {
  const ratio = `${number(margin.ratio)} times`
  if (margin.of === 'mean') {
    const unit = bounds.of === 'share' ? '' : bounds.unit
    return `mean ${ratio} the old one and ${quantity(margin.least, unit)} or more`
  }
  const delta = margin.delta > 0 ? `, ${Number((margin.delta * 100).toPrecision(3))} points more` : ''
  const least = margin.least > 0 ? `, ${percent(margin.least)} or more` : ''
  return `share ${ratio} the old one${delta}${least}, ${margin.fewest} or more`
}

/** A minute that fails outright needs no evidence. */
export function outrightRows(
  finding: Finding,
  { signal, stages }: RetoldSignal,
  bounds: SignalSource,
  { decision }: Retold,
): readonly Row[] {
  if (decision.because !== 'canary-fails-outright' || decision.signal !== finding.signal) return []
  const newest = stages.at(-1)?.minutes.findLast(({ use }) => use !== 'open' && use !== 'before')
  if (!newest || bounds.of === 'mean') return []
  const cut = cutOf(signal.limits)
  const own = `${whole(newest.canary?.above[cut] ?? 0)} of ${whole(newest.canary?.n ?? 0)}`
  const other = `${whole(newest.control?.above[cut] ?? 0)} of ${whole(newest.control?.n ?? 0)}`
  return [
    [
      'outright',
      `minute ${clockTime(newest.start)}: new version ${own}, half or more and 20 or more; old version ${other}, less than a tenth → fails outright`,
    ],
  ]
}

function cutOf(limits: RetoldSignal['signal']['limits']): number {
  return limits[0]?.cut ?? 0
}
