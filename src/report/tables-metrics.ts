import { formatDuration } from '../core/units.ts'
import type { Judgement } from '../core/verdict.ts'
import { clockTime, measure, number, quantity } from '../ui/format.ts'
import type { Cell, Inline, Table } from './cell.ts'
import type { Headline } from './metrics.ts'
import type { ReportModel } from './model.ts'

/** Each SLO of the summary against its target. */
export function headlineTable(model: ReportModel): Table {
  const unseen = model.unseen.map((title): readonly Cell[] => [title, 'not known', 'unknown', '–', '–', '–'])
  return {
    caption: 'Each metric of the summary against its target',
    head: ['Metric', 'Last observed', 'Verdict', 'Samples', 'Where', 'Failed with'],
    rows: [...model.headline.map(headlineRow), ...unseen],
  }
}

function headlineRow({ last, at, stage, failed }: Headline): readonly Cell[] {
  const where = stage === null ? clockTime(at) : `${stage}%, ${clockTime(at)}`
  const failure = failed
    ? `${valueOf(failed.result.judgement)}${failed.stage === null ? '' : ` at ${failed.stage}%`}, ${clockTime(failed.at)}`
    : 'never'
  const { judgement } = last
  return [
    last.title,
    valueOf(judgement),
    judgement.verdict,
    judgement.samples === 0 ? '–' : number(judgement.samples),
    where,
    failure,
  ]
}

function valueOf(judgement: Judgement): string {
  const value = measure(judgement)
  return value === '' ? judgement.why : value
}

/** How often the new version was used in its first hour. */
export function adoptionText({ adoption }: ReportModel): readonly Inline[] {
  if (!adoption) return ['User adoption: not known.']
  const { interactions, coveredMs, metric } = adoption
  const first = coveredMs >= 3_600_000 ? 'hour' : formatDuration(coveredMs)
  return [`User adoption: ${number(interactions)} interactions in the first ${first} (metric `, { code: metric }, ').']
}

/** Sums only where the new version served everybody: a part of the users makes a part of the requests, which says nothing. */
export function deltaTable({ deltas }: ReportModel): Table {
  const whole = deltas.every(({ percent }) => percent === 100)
  const rows = deltas.map(({ metric, before, after }) => [
    { code: metric },
    quantity(before.mean, ''),
    quantity(after.mean, ''),
    change(before.mean, after.mean),
    ...(whole ? [number(before.perMinute), number(after.perMinute), change(before.perMinute, after.perMinute)] : []),
  ])
  const sums = whole ? ['Sum per minute before', 'After', 'Change'] : []
  return {
    caption: 'Metrics before this launch and with the new version',
    head: ['Metric', 'Mean before', 'Mean after', 'Change', ...sums],
    rows,
  }
}

/** What the ranks say and what not. */
export const armsText =
  'New against old in the same stretches of time, as far as they had settled, by their ranks (Mann-Whitney, two-sided). It knows nothing of how many requests a stretch stands for, and no gate judges by it.'

export function armsTable({ arms }: Pick<ReportModel, 'arms'>): Table {
  return {
    caption: 'The new version against the old one, by ranks',
    head: ['Metric', 'Settled stretches', 'Begun (UTC)', 'New − old', 'New is higher in', 'p'],
    rows: arms.map(({ title, unit, stretches, from, to, shift, effect, p }) => [
      title,
      number(stretches),
      `${clockTime(from)} to ${clockTime(to)}`,
      `${shift > 0 ? '+' : ''}${quantity(shift, unit)}`,
      `${number(effect * 100, 2)}% of pairs`,
      p < 0.001 ? '< 0.001' : number(p, 2),
    ]),
  }
}

function change(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '–'
  const share = ((after - before) / before) * 100
  return `${share > 0 ? '+' : ''}${number(share, 3)}%`
}
