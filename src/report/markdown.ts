import { formatDuration } from '../core/units.ts'
import { plural } from '../core/quantity.ts'
import { clockTime, dateTime, localTime, measure, number, quantity, short, utcDate, who } from '../ui/format.ts'
import { rollbackOutcome } from '../ui/event-text.ts'
import { code, md, mdTable } from './escape.ts'
import { evidenceSections } from './markdown-evidence.ts'
import type { Headline } from './metrics.ts'
import type { ReportModel, ReportStatus } from './model.ts'
import type { RollbackStory } from './rollbacks.ts'

const marks = { SUCCESS: '✅', PARTIAL: '⚠️', FAILED: '❌', 'IN PROGRESS': '⏳' } as const satisfies Record<
  ReportStatus,
  string
>

/** The post-launch report of the run sheet, filled in. Ends with a line break. */
export function reportMarkdown(model: ReportModel): string {
  const sections = [
    header(model),
    summary(model),
    metrics(model),
    ['## Issues Encountered', '', ...listOr(issues(model), 'No issues were recorded.')],
    [
      '## Lessons Learned',
      '',
      ...listOr(
        model.lessons.map(({ text, by }) => `${md(text)} (${md(who(by))})`),
        'No notes were recorded.',
      ),
    ],
    ['## Next Steps', '', ...listOr(model.nextSteps.map(md), 'Nothing is open.')],
    ...evidenceSections(model),
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function listOr(items: readonly string[], none: string): readonly string[] {
  return items.length === 0 ? [none] : items.map((item) => `- ${item}`)
}

// Two spaces at the end of a line are a line break in Markdown.
const lineBreak = '  '

function header(model: ReportModel): readonly string[] {
  const { title, window, go, captain, openedAt } = model
  const zone = window?.timezone ?? 'UTC'
  const lines = [
    `**Launch Date:** ${localTime(openedAt, zone).slice(0, 10)}`,
    `**Launch Window:** ${windowText(model)}`,
    `**Release Captain:** ${md(captain)}`,
    `**Final Go/No-Go Decision:** ${go ? `${go.decision.toUpperCase()} by ${md(who(go.by))}${go.note === '' ? '' : `: ${md(go.note)}`}` : 'none was recorded'}`,
    `**Launch Authorization Time:** ${go?.decision === 'go' ? `${dateTime(go.at)} (UTC)` : 'none'}`,
    `**Release:** ${releaseText(model)} (version ${md(model.version)}, commit ${code(short(model.commit))})`,
    `**Launch:** ${code(model.launch)}, opened by ${md(who(model.openedBy))}`,
  ]
  return [
    `# ${md(title)} Production Launch Report`,
    '',
    ...sandboxNotice(model),
    ...lines.map((line, index) => (index < lines.length - 1 ? line + lineBreak : line)),
  ]
}

function releaseText({ release, tried }: ReportModel): string {
  if (release) return `${code(release.previous ?? 'none')} → ${code(release.id)}`
  return tried === null ? 'nothing was deployed' : `${code(tried)} was tried, its deploy broke off`
}

function sandboxNotice({ sandbox }: ReportModel): readonly string[] {
  if (sandbox === null) return []
  return [
    `> **Sandbox.** This launch ran in the sandbox with scenario ${code(sandbox)}. Its traffic, releases and services are not real, and people marked as played did not take part.`,
    '',
  ]
}

function windowText({ window }: ReportModel): string {
  if (!window) return 'none is set'
  const { opensAt, closesAt, timezone } = window
  const [opens, closes] = [localTime(opensAt, timezone), localTime(closesAt, timezone)]
  return `${opens} to ${sameDay(opens, closes)} (local, ${md(timezone)}) / ${dateTime(opensAt)} to ${utcDate(opensAt) === utcDate(closesAt) ? clockTime(closesAt) : dateTime(closesAt)} (UTC)`
}

function sameDay(from: string, to: string): string {
  return from.slice(0, 10) === to.slice(0, 10) ? to.slice(11) : to
}

function summary(model: ReportModel): readonly string[] {
  const { status, why, plannedMs, actualMs, rollbacks } = model
  const minutes = (ms: number) => number(Math.round(ms / 60_000))
  return [
    '## Summary',
    '',
    `- ${marks[status]} Launch Status: **${status}**: ${md(why)}`,
    `- ${actualMs <= plannedMs ? '✅' : '⚠️'} Duration: ${minutes(plannedMs)} minutes (planned) / ${minutes(actualMs)} minutes (actual)`,
    `- ${rollbacks.length === 0 ? '✅' : '❌'} Rollbacks: ${rollbacks.length}`,
    ...rollbacks.flatMap(rollbackLines),
    ...waivedLines(model),
  ]
}

/** What was not checked belongs beside what passed. */
function waivedLines({ waived }: ReportModel): readonly string[] {
  if (waived.length === 0) return []
  return [
    `- ➖ Waived checks: ${waived.length}`,
    ...waived.map(
      ({ gate, check, reason, by }) =>
        `  - ${check === '' ? `Gate ${md(gate)}` : `${md(check)} (gate ${md(gate)})`}, waived by ${md(who(by))}: ${md(reason)}`,
    ),
  ]
}

function rollbackLines({ at, by, reason, trigger, result, percent, failed, gate }: RollbackStory): readonly string[] {
  const head = result
    ? `${result.kind} rollback ${rollbackOutcome[result.outcome]}`
    : 'a rollback from elsewhere was found in the flag'
  const why = failed.map(
    ({ title, judgement }) =>
      `    - Failed check of gate ${md(gate ?? '')}: ${md(title)}: observed ${md(measure(judgement))} (${plural(judgement.samples, 'sample')}). ${md(judgement.why)}`,
  )
  const edge = (edgeMs: number | null) =>
    edgeMs === null ? 'not seen at the edge' : `at the edge in ${formatDuration(edgeMs)}`
  const times = result
    ? [
        `    - Acknowledged in ${formatDuration(result.ackedMs)}, read back in ${formatDuration(result.readBackMs)}, ${edge(result.edgeMs)}; ${result.verified ? 'verified' : '**not verified**'}.`,
      ]
    : []
  const detail = result && result.detail !== '' ? [`    - ${md(result.detail)}`] : []
  const asked = trigger === null ? '' : `, asked for by ${md(trigger)}`
  return [
    `  - ${dateTime(at)}: ${head}, with ${number(percent)}% of users on the new version${asked}. By ${md(who(by))}: ${md(reason)}`,
    ...why,
    ...times,
    ...detail,
  ]
}

function metrics(model: ReportModel): readonly string[] {
  const { headline, adoption, deltas } = model
  const used = adoption
    ? `${number(adoption.interactions)} interactions in the first ${adoption.coveredMs >= 3_600_000 ? 'hour' : formatDuration(adoption.coveredMs)} (metric ${code(adoption.metric)})`
    : 'not known'
  const [first] = deltas
  const delta = first
    ? [
        '',
        `### Against the baseline`,
        '',
        `The time before this launch, against the new version at ${number(first.percent)}% of users.`,
        '',
        ...deltaTable(deltas),
      ]
    : []
  const unseen = model.unseen.map((title) => [md(title), 'not known', 'unknown', '–', '–', '–'])
  const table = mdTable(
    ['Metric', 'Last observed', 'Verdict', 'Samples', 'Where', 'Failed with'],
    [...headline.map(headlineRow), ...unseen],
  )
  return [
    '## Metrics',
    '',
    ...(table.length > 0 ? [...table, ''] : ['No check of the summary has seen a value.', '']),
    `User adoption: ${used}.`,
    ...delta,
  ]
}

function headlineRow({ last, at, stage, failed }: Headline): readonly string[] {
  const where = stage === null ? clockTime(at) : `${stage}%, ${clockTime(at)}`
  const failure = failed
    ? `${md(measure(failed.result.judgement))}${failed.stage === null ? '' : ` at ${failed.stage}%`}, ${clockTime(failed.at)}`
    : 'never'
  return [
    md(last.title),
    md(measure(last.judgement)),
    last.judgement.verdict,
    number(last.judgement.samples),
    where,
    failure,
  ]
}

/** Sums only where the new version served everybody: a part of the users makes a part of the requests, which says nothing. */
function deltaTable(deltas: ReportModel['deltas']): readonly string[] {
  const whole = deltas.every(({ percent }) => percent === 100)
  const rows = deltas.map(({ metric, before, after }) => [
    code(metric),
    quantity(before.mean, ''),
    quantity(after.mean, ''),
    change(before.mean, after.mean),
    ...(whole ? [number(before.perMinute), number(after.perMinute), change(before.perMinute, after.perMinute)] : []),
  ])
  const sums = whole ? ['Sum per minute before', 'After', 'Change'] : []
  return mdTable(['Metric', 'Mean before', 'Mean after', 'Change', ...sums], rows)
}

function change(before: number | null, after: number | null): string {
  if (before === null || after === null || before === 0) return '–'
  const share = ((after - before) / before) * 100
  return `${share > 0 ? '+' : ''}${number(share, 3)}%`
}

function issues({ issues }: ReportModel): readonly string[] {
  return issues.map(({ at, severity, text }) => `${clockTime(at)} **${md(severity)}** ${md(text)}`)
}
