import type { LaunchEvent } from '../core/event.ts'
import { formatDuration } from '../core/units.ts'
import type { Cell } from '../report/cell.ts'
import type { ReportModel } from '../report/model.ts'
import { adoptionText } from '../report/tables-metrics.ts'
import { dateTime, measure, quantity, short } from '../ui/format.ts'
import type { Notice } from './notice.ts'

/** The release note of a launch that succeeded: what is live since when, and how it does. */
export function releaseNote(model: ReportModel, { id, at, actor }: LaunchEvent): Notice {
  const { release, version, commit, actualMs, rollbacks, captain, deltas, headline } = model
  const [replaced, released] = [release?.previous ?? null, release?.id ?? null]
  const lines: readonly Cell[] = [
    [
      `Version ${version} (commit ${short(commit)}) is live for all users since ${dateTime(at)} (UTC)`,
      ...(released === null ? [] : [', release ', { code: released }]),
      ...(replaced === null ? [] : [', before ', { code: replaced }]),
      '.',
    ],
    `It took ${formatDuration(Math.round(actualMs / 60_000) * 60_000)}${captain === '' ? '' : `, led by ${captain}`}; ${rollbacks.length === 0 ? 'no rollback' : `rollbacks: ${rollbacks.length}`}.`,
    ...headline.map(({ last }): Cell => `• ${last.title}: ${measure(last.judgement) || last.judgement.verdict}`),
    ...(model.adoption === null ? [] : [adoptionText(model)]),
    ...deltas.map(({ metric, before, after }): Cell => [
      '• ',
      { code: metric },
      `, mean: ${quantity(before.mean, '')} before, ${quantity(after.mean, '')} now`,
    ]),
  ]
  return {
    id: `${id}-note`,
    at,
    run: actor.run,
    mark: 'good',
    title: ['Released: ', { strong: model.title }],
    lines,
    to: ['announce'],
  }
}
