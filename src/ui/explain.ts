import type { EventOf } from '../core/event.ts'
import type { Finding, Need, NeedOf, Series } from '../core/evidence.ts'
import { lateLine } from '../core/late-metrics.ts'
import type { Retold } from '../core/judge/retold.ts'
import { isBeforeLook } from '../core/gate-keys.ts'
import { formatDuration } from '../core/units.ts'
import type { Window } from '../core/verdict.ts'
import { arithmeticRows } from './explain-arithmetic.ts'
import { pointRows, pointsOf, pointsText, type Points } from './explain-points.ts'
import { rolloutRows } from './explain-rollout.ts'
import { findingText } from './finding-text.ts'
import { clockTime, dateTime, elapsed, measure, sampleCount, short, whoAndWhere } from './format.ts'
import { safeText, table } from './text.ts'
import { verdictCell, type Theme } from './theme.ts'

type GateJudged = EventOf<'gate-judged'>
type Check = GateJudged['checks'][number]

export type ExplainView = {
  readonly event: GateJudged
  /** What each check asked and got, by its id; a check that the stored plan does not know has none. */
  readonly seen: { readonly [check: string]: readonly { readonly need: Need; readonly finding: Finding }[] }
  /** What to do about a check that did not pass, by its id. */
  readonly hints: { readonly [check: string]: string }
  /** What a check judges by besides what it saw, by its id. */
  readonly basis: { readonly [check: string]: string }
  /** Every period in a row of its own. */
  readonly everyPoint: boolean
  /** The verdict had again, where the gate was judged as part of a rollout. */
  readonly retold: Retold | null
  /** What was journaled because of it, until the gate was judged again: lines that are fit to print. */
  readonly followed: readonly string[]
}

/** The text of `launch explain`: one verdict of a gate with everything it rests on. */
export function explainLines(view: ExplainView, theme: Theme): readonly string[] {
  const { event } = view
  const stage = isBeforeLook(event) ? ' by the old version alone' : event.stage === null ? '' : ` at ${event.stage}%`
  const verdict = theme.paint[event.verdict](`${theme.icons[event.verdict]} ${event.verdict}`)
  return [
    `gate ${safeText(event.gate)}${stage} in ${safeText(event.environment)}: ${verdict}`,
    ...table([
      ['judged', `${dateTime(event.at)} by ${whoAndWhere(event.actor)}, event ${event.n} of launch ${event.launch}`],
      ['window', `${windowText(event.window)}, ${formatDuration(event.bakedMs)} of it settled evidence`],
      ['artifact', event.artifact === null ? 'none yet' : short(event.artifact)],
      ...(view.retold ? rolloutRows(view.retold) : []),
      ...view.followed.map((line, index) => [index === 0 ? 'followed' : '', line]),
    ]),
    ...worstFirst(event.checks).flatMap((check) => ['', ...checkLines(check, view, theme)]),
  ]
}

/** Whoever asks for the reason wants what stands in the way first. */
function worstFirst(checks: readonly Check[]): readonly Check[] {
  const order = ['fail', 'unknown', 'waived', 'pass']
  const rank = ({ judgement }: Check) => order.indexOf(judgement.verdict)
  return checks.toSorted((a, b) => rank(a) - rank(b))
}

/** The points behind one check, as data. */
export function checkPoints(check: Check, { event, seen }: Pick<ExplainView, 'event' | 'seen'>): readonly Points[] {
  return seriesOf(seen[check.id] ?? []).flatMap(({ need, series }) =>
    pointsOf(need, series, event.window, check.judgement.window),
  )
}

function seriesOf(
  seen: ExplainView['seen'][string],
): readonly { readonly need: NeedOf<'series'>; readonly series: Series }[] {
  return seen.flatMap(({ need, finding }) =>
    need.need === 'series' && finding.status === 'seen'
      ? // The gatherer answers a series need with a Series.
        [{ need, series: finding.value as Series }]
      : [],
  )
}

function checkLines(check: Check, view: ExplainView, theme: Theme): readonly string[] {
  const { event, seen, hints, basis, everyPoint, retold } = view
  const { judgement } = check
  const points = checkPoints(check, view)
  const others = (seen[check.id] ?? []).filter(
    ({ need, finding }) => need.need !== 'series' || finding.status === 'missing',
  )
  const arithmetic = retold && arithmeticRows(check.id, retold)
  const again = retold?.verdicts[check.id]
  const rows = [
    ['check', `${safeText(event.gate)}/${safeText(check.id)} (${safeText(check.kind)})`],
    ['observed', measure(judgement)],
    ['samples', sampleCount(judgement.samples)],
    ['window', judgement.window ? windowText(judgement.window) : ''],
    ['why', safeText(judgement.why)],
    ['query', safeText(judgement.query)],
    ...(arithmetic ?? points.map((one) => ['points', pointsText(one)])),
    ['basis', safeText(basis[check.id] ?? '')],
    ['again', again === undefined ? '' : againText(again, judgement.verdict)],
    ...lateOf(seen[check.id] ?? []).map((line) => ['late', safeText(line)]),
    ...others.map(({ need, finding }) => ['seen', otherText(need, finding)]),
    ['hint', judgement.verdict === 'pass' ? '' : safeText(hints[check.id] ?? '')],
  ]
  return [
    `${verdictCell(theme, judgement.verdict)}  ${safeText(check.title)}`,
    ...table(rows.filter(([, text]) => text !== '')).map((line) => `  ${line}`),
    ...(everyPoint
      ? points.flatMap((one) => [`  ${one.metric} ${one.variant}`, ...pointRows(one).map((row) => `    ${row}`)])
      : []),
  ]
}

/** What of a check's metrics came or changed later than the run sheet says: its newest minutes were not whole yet. */
function lateOf(seen: ExplainView['seen'][string]): readonly string[] {
  const lines = seriesOf(seen).flatMap(({ need: { metric }, series: { unsettledMs, lagMs, trouble } }) => [
    ...(unsettledMs === undefined ? [] : [lateLine({ metric, unsettledMs, lagMs })]),
    ...(trouble === undefined ? [] : [`${metric}: ${trouble}`]),
  ])
  return [...new Set(lines)]
}

/** Whether the arithmetic leads to what the journal says. */
function againText(again: string, journaled: string): string {
  if (journaled === 'waived') return `${again}, and waived`
  return again === journaled ? `${again}, as the journal says` : `${again}, but the journal says ${journaled}`
}

function otherText(need: Need, finding: Finding): string {
  return finding.status === 'missing'
    ? `${need.need} is missing: ${safeText(finding.why)}`
    : findingText(need, finding.value)
}

function windowText({ from, to }: Window): string {
  return `${clockTime(from)} to ${clockTime(to)} (${elapsed(from, to)})`
}
