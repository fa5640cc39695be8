import { clockTime, dateTime, identity, localTime, short, utcDate, who } from '../ui/format.ts'
import type { Cell, Inline } from './cell.ts'
import type { ReportModel } from './model.ts'

/** The lines under the title of the paper's template, filled in. */
export function facts(model: ReportModel): readonly (readonly [label: string, value: Cell])[] {
  const { window, go, captain, openedAt } = model
  const decision = go ? `${go.decision.toUpperCase()} by ${who(go.by)}${go.note === '' ? '' : `: ${go.note}`}` : null
  return [
    ['Launch Date', localTime(openedAt, window?.timezone ?? 'UTC').slice(0, 10)],
    ['Launch Window', windowText(model)],
    ['Release Captain', captain],
    ['Final Go/No-Go Decision', decision ?? 'none was recorded'],
    ['Launch Authorization Time', go?.decision === 'go' ? `${dateTime(go.at)} (UTC)` : 'none'],
    ['Release', [...releaseText(model), ` (version ${model.version}, commit `, { code: short(model.commit) }, ')']],
    ['Launch', [{ code: model.launch }, `, opened by ${identity(model.openedBy)}`]],
  ]
}

/** What stands above everything else in the report of a sandbox launch; null in a real one's. */
export function sandboxNotice({ sandbox }: ReportModel): readonly Inline[] | null {
  if (sandbox === null) return null
  return [
    { strong: 'Sandbox.' },
    ' This launch ran in the sandbox with scenario ',
    { code: sandbox },
    '. Its traffic, releases and services are not real, and people marked as played did not take part.',
  ]
}

function releaseText({ release, tried }: ReportModel): readonly Inline[] {
  if (release) return [{ code: release.previous ?? 'none' }, ' → ', { code: release.id }]
  return tried === null ? ['nothing was deployed'] : [{ code: tried }, ' was tried, its deploy broke off']
}

function windowText({ window }: ReportModel): string {
  if (!window) return 'none is set'
  const { opensAt, closesAt, timezone } = window
  const [opens, closes] = [localTime(opensAt, timezone), localTime(closesAt, timezone)]
  return `${opens} to ${sameDay(opens, closes)} (local, ${timezone}) / ${dateTime(opensAt)} to ${utcDate(opensAt) === utcDate(closesAt) ? clockTime(closesAt) : dateTime(closesAt)} (UTC)`
}

function sameDay(from: string, to: string): string {
  return from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to
}
