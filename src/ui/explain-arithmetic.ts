import type { SignalSource } from '../core/check.ts'
import type { LimitFinding, MeanFinding, StageClock } from '../core/judge/decision.ts'
import { rules } from '../core/judge/plan.ts'
import { sumsOf, type Retold, type RetoldSignal } from '../core/judge/retold.ts'
import { plural } from '../core/quantity.ts'
import { comparedRows, comparisonRows, outrightRows } from './explain-comparison.ts'
import { log, percent, percent4, whole } from './explain-numbers.ts'
import { refusedRows } from './explain-rollout.ts'
import { clockTime, number, quantity } from './format.ts'
import { safeText } from './text.ts'

type Row = readonly [label: string, text: string]

/**
 * How one check of a rollout came to its verdict, in lines that can be calculated again by hand: what was counted in each
 * stage and what not, the sums, each rule with its numbers and what it says. Null for a check the rollout does not speak for.
 */
export function arithmeticRows(check: string, retold: Retold): readonly Row[] | null {
  const signal = retold.signals.find(({ checks }) => checks.some(({ id }) => id === check))
  const bounds = signal?.checks.find(({ id }) => id === check)?.bounds
  const finding = retold.decision.findings.find((one) => one.signal === signal?.signal.id)
  if (!signal || !bounds || !finding) return null
  const { clock } = retold.decision
  const limit = bounds.of === 'mean' ? null : (finding.limits[0] ?? null)
  const mean = bounds.of === 'mean' ? finding.mean : null
  return [
    ...signal.stages.map((stage) => stageRow(stage, bounds, limit, retold.periodMs)),
    ...refusedRows(signal, retold.periodMs),
    ...(limit ? limitRows(limit, signal.signal.floor, bounds, clock) : []),
    ...(mean ? meanRows(mean, bounds, signal.signal.mean?.floor ?? 0) : []),
    ...comparedRows(finding, signal, bounds),
    ...(finding.relative ? comparisonRows(finding.relative, signal, bounds, retold) : []),
    ...outrightRows(finding, signal, bounds, retold),
  ]
}

/** `10%: 10 of 10 minutes 00:00:00Z to 00:10:00Z, 4 of 5,427; old version 49 of 48,745` */
function stageRow(
  { percent: share, minutes }: RetoldSignal['stages'][number],
  bounds: SignalSource,
  limit: LimitFinding | null,
  periodMs: number,
): Row {
  const within = minutes.filter(({ use }) => use !== 'before' && use !== 'open')
  const counted = minutes.filter(({ use }) => use === 'counted')
  const [first] = counted
  const last = counted.at(-1)
  const span = first && last ? ` ${clockTime(first.start)} to ${clockTime(last.start + periodMs)}` : ''
  const arm = (name: 'canary' | 'control') => {
    const sums = sumsOf(counted, name, 'counted')
    if (sums.n === 0) return 'nothing'
    if (bounds.of === 'mean') return `${whole(sums.sum)} ${safeText(bounds.unit)} in ${whole(sums.n)}`
    return `${whole(sums.above[limit?.cut ?? 0] ?? 0)} of ${whole(sums.n)}`
  }
  return [
    'counted',
    `${share}%: ${counted.length} of ${plural(within.length, 'minute')}${span}, new version ${arm('canary')}, old version ${arm('control')}`,
  ]
}

function limitRows(limit: LimitFinding, floor: number, bounds: SignalSource, clock: StageClock): readonly Row[] {
  const { n, bad, recent } = limit
  const rate = n === 0 ? '' : ` = ${percent(bad / n)}`
  const then = recent.n === 0 ? '' : ` = ${percent(recent.bad / recent.n)}`
  const broken = limit.broken ? 'broken' : 'not broken'
  return [
    ['sum', `${whole(bad)} of ${whole(n)}${rate} ${what(bounds)}`],
    [
      'limit',
      `${whole(bad)} of ${whole(n)}${rate}, last ${number(clock.soak)} minutes ${whole(recent.bad)} of ${whole(recent.n)}${then}: ${limit.outside ? 'outside' : 'inside'} ${percent(limit.limit)} (outside: at or above, and ${rules.fewest} or more)`,
    ],
    ...rollbackRows(limit, bounds, clock),
    [
      'evidence',
      `ln E ${log(limit.others)} without its loudest minute${limit.rollback ? ', against the limit to roll back by' : ''}; ln(1/${number(rules.absoluteAlpha)}) = ${log(limit.needed)} needed → limit ${broken}`,
    ],
    ['bound', boundText(limit, floor, clock)],
  ]
}

/** The looser limit from which a value is a reason to roll back, where there is one. */
function rollbackRows({ rollback }: LimitFinding, bounds: SignalSource, clock: StageClock): readonly Row[] {
  if (!rollback) return []
  const { n, bad, limit, outside } = rollback
  const cut = bounds.of === 'slow' ? ` at or above ${quantity(bounds.rollbackAt ?? bounds.cut, bounds.unit)}` : ''
  const rate = n === 0 ? '' : ` = ${percent(bad / n)}`
  return [
    [
      'rollback',
      `last ${number(clock.soak)} minutes ${whole(bad)} of ${whole(n)}${rate}${cut}: ${outside ? 'outside' : 'inside'} ${percent(limit)}, the limit to roll back by`,
    ],
  ]
}

/** The line a captain can calculate again: counts, error, bound, next share, limit. */
function boundText({ bound, limit }: LimitFinding, floor: number, clock: StageClock): string {
  if (bound === null) return `not asked before the bake: ${number(clock.elapsed)} of ${plural(clock.soak, 'minute')}`
  const looks = Math.round(rules.passBeta / bound.beta)
  const sign = bound.next <= limit ? '≤' : '>'
  const enough = `${whole(bound.n)} ${bound.n >= floor ? '≥' : '<'} ${whole(floor)} needed`
  return `worst rate consistent with ${whole(bound.bad)} of ${whole(bound.n)} (Clopper-Pearson, error ${number(rules.passBeta)} / ${plural(looks, 'look')}) ${percent4(bound.upper)} × next share ${percent(clock.nextShare)} = ${percent4(bound.next)} ${sign} ${percent(limit)}, ${enough} → ${bound.proven ? 'proven' : 'not proven'}`
}

function meanRows(mean: MeanFinding, bounds: SignalSource, floor: number): readonly Row[] {
  const unit = bounds.of === 'share' ? '' : bounds.unit
  const show = (value: number | null) => (value === null ? 'nothing' : quantity(value, unit, 6))
  const side = mean.outside ? 'outside' : 'inside'
  const enough = `${whole(mean.n)} ${mean.enough ? '≥' : '<'} ${whole(floor)} needed`
  const rows: Row[] = [
    [
      'sum',
      `${show(mean.mean)} over ${whole(mean.n)}, last bake ${show(mean.recent)}: ${side} ${show(mean.limit)}, ${enough}`,
    ],
  ]
  if (mean.rollback !== undefined) {
    const beyond = mean.recent !== null && mean.recent >= mean.rollback ? 'outside' : 'inside'
    rows.push([
      'rollback',
      `last bake ${show(mean.recent)}: ${beyond} ${show(mean.rollback)}, the limit to roll back by`,
    ])
  }
  if (mean.mean === null || mean.halfWidth === null) return rows
  const least = mean.mean - mean.halfWidth
  const last = mean.rollback ?? mean.limit
  return [
    ...rows,
    [
      'bound',
      `${show(mean.mean)} − half width ${show(mean.halfWidth)} = ${show(least)} ${least > last ? '>' : '≤'} ${show(last)} (confidence sequence, error ${number(rules.absoluteAlpha)}) → limit ${mean.broken ? 'broken' : 'not broken'}`,
    ],
  ]
}

function what(bounds: SignalSource): string {
  if (bounds.of === 'share') return `${safeText(bounds.bad)} of ${safeText(bounds.all)}`
  return bounds.of === 'slow' ? `at or above ${quantity(bounds.cut, bounds.unit)}` : ''
}
