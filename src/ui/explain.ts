import type { EventOf } from '../core/event.ts'
import type { Finding, Need, Series, VariantName } from '../core/evidence.ts'
import { epochMs } from '../core/brand.ts'
import { settledMinutes } from '../core/settled.ts'
import type { Window } from '../core/verdict.ts'
import { formatDuration } from '../core/units.ts'
import { findingText } from './finding-text.ts'
import { clockTime, dateTime, elapsed, measure, number, quantity, sampleCount, short, whoAndWhere } from './format.ts'
import { safeText, table } from './text.ts'
import { verdictCell, type Theme } from './theme.ts'

type GateJudged = EventOf<'gate-judged'>

export type ExplainView = {
  readonly event: GateJudged
  /** By check id; a check that the stored plan does not know has none. */
  readonly evidence: { readonly [check: string]: readonly { readonly need: Need; readonly finding: Finding }[] }
  /** What to do about a check that did not pass, by check id. */
  readonly hints: { readonly [check: string]: string }
  /** Every minute in a row of its own. */
  readonly everyPoint: boolean
}

/** The text of `launch explain`: one verdict with everything it rests on. */
export function explainLines(view: ExplainView, theme: Theme): readonly string[] {
  const { event } = view
  const stage = event.stage === null ? '' : ` at ${event.stage}%`
  const verdict = theme.paint[event.verdict](`${theme.icons[event.verdict]} ${event.verdict}`)
  return [
    `gate ${safeText(event.gate)}${stage} in ${safeText(event.environment)}: ${verdict}`,
    ...table([
      ['judged', `${dateTime(event.at)} by ${whoAndWhere(event.actor)}, event ${event.n} of launch ${event.launch}`],
      ['window', `${windowText(event.window)}, ${formatDuration(event.bakedMs)} of settled evidence`],
      ['artifact', event.artifact === null ? 'none yet' : short(event.artifact)],
    ]),
    ...event.checks.flatMap((check) => ['', ...checkLines(check, view, theme)]),
  ]
}

function checkLines(check: GateJudged['checks'][number], view: ExplainView, theme: Theme): readonly string[] {
  const { event, evidence, hints, everyPoint } = view
  const { judgement } = check
  const hint = judgement.verdict === 'pass' ? undefined : hints[check.id]
  const needs = evidence[check.id] ?? []
  const rows = [
    ['check', `${safeText(event.gate)}/${safeText(check.id)} (${safeText(check.kind)})`],
    ['observed', measure(judgement)],
    ['samples', sampleCount(judgement.samples)],
    ['window', judgement.window ? windowText(judgement.window) : ''],
    ['why', safeText(judgement.why)],
    ['query', safeText(judgement.query)],
    ...needs.map(({ need, finding }) => [need.need === 'series' ? 'points' : 'seen', sawText(need, finding, event)]),
    ['hint', hint === undefined ? '' : safeText(hint)],
  ]
  const points = everyPoint ? needs.flatMap(({ need, finding }) => pointLines(need, finding, event)) : []
  return [
    `${verdictCell(theme, judgement.verdict)}  ${safeText(check.title)}`,
    ...table(rows.filter(([, text]) => text !== '')).map((line) => `  ${line}`),
    ...points.map((line) => `    ${line}`),
  ]
}

function sawText(need: Need, finding: Finding, event: GateJudged): string {
  if (finding.status === 'missing') return `${need.need} missing: ${safeText(finding.why)}`
  if (need.need !== 'series') return findingText(need, finding.value)
  const counts = pointsOf(need, finding.value, event).map(({ variant, used, refused, expected, window }) => {
    const left = refused.length === 0 ? '' : `, ${refused.length} not used (outside, or not settled yet)`
    return `${variant} ${used.length} of ${expected} periods ${windowText(window)}${left}`
  })
  return `${safeText(need.metric)}${need.cut === undefined ? '' : ` (cut at ${number(need.cut)})`}: ${counts.join('; ') || 'none'}`
}

type Points = {
  readonly variant: VariantName
  readonly used: readonly Series['minutes']['all'][]
  readonly refused: readonly Series['minutes']['all'][]
  readonly expected: number
  readonly window: Window
}
