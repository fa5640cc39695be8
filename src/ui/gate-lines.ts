import type { CheckResult } from '../core/event.ts'
import { formatDuration } from '../core/units.ts'
import type { Verdict } from '../core/verdict.ts'
import { measure, sampleCount } from './format.ts'
import { safeText, table, truncate } from './text.ts'
import { verdictCell, type Theme } from './theme.ts'

type Judged = {
  readonly verdict: Verdict
  readonly checks: readonly CheckResult[]
  readonly bakedMs: number
  readonly stage: number | null
}

// Longer titles are cut here and whole in the report.
const titleColumns = 56

/** One line per check: icon and word, title, observed against limit, samples; the reason where it is no pass. */
export function checkLines(checks: readonly CheckResult[], theme: Theme): readonly string[] {
  const rows = checks.map(({ title, judgement }) => [
    verdictCell(theme, judgement.verdict),
    truncate(safeText(title), titleColumns),
    measure(judgement),
    sampleCount(judgement.samples),
    judgement.verdict === 'pass' ? '' : theme.paint.dim(safeText(judgement.why)),
  ])
  return table(withoutEmptyColumns(rows))
}

/** A column in which no row says anything would be a gap. */
function withoutEmptyColumns(rows: readonly (readonly string[])[]): readonly (readonly string[])[] {
  return rows.map((row) => row.filter((_cell, column) => rows.some((other) => other[column] !== '')))
}

// Of a gate that has not decided yet, so many lines are shown.
const briefLines = 3

/** What keeps a gate from passing: checks that wait for the same reason in one line, a few lines at most. */
export function openLines(checks: readonly CheckResult[], theme: Theme): readonly string[] {
  const open = checks.filter(({ judgement }) => judgement.verdict === 'fail' || judgement.verdict === 'unknown')
  const reasons = [...new Set(open.map(reasonOf))]
  const groups = reasons.map((reason) => open.filter((check) => reasonOf(check) === reason))
  const shown = groups.slice(0, briefLines)
  // Those that stand alone are one table, whatever stands between them.
  const alone = shown.filter((group) => group.length === 1).flat()
  const rows = new Map(checkLines(alone, theme).map((line, index) => [alone[index], line]))
  const lines = shown.flatMap((group) => group.slice(0, 1).map((check) => rows.get(check) ?? groupLine(group, theme)))
  const more = groups.length - shown.length
  return more > 0 ? [...lines, `and ${more} more`] : lines
}

function reasonOf({ judgement }: CheckResult): string {
  return `${judgement.verdict} ${judgement.why}`
}

function groupLine(checks: readonly CheckResult[], theme: Theme): string {
  const [first] = checks
  return first
    ? `${verdictCell(theme, first.judgement.verdict)}  ${checks.length} checks: ${safeText(first.judgement.why)}`
    : ''
}

/** `fail (✖ 1 fail, ✔ 3 pass), 8m of evidence` */
export function gateSummary({ verdict, checks, bakedMs, stage }: Judged, theme: Theme): string {
  // A fail needs no whole minute of its stage: it may rest on the minutes since the shift.
  const none = verdict === 'fail' ? '' : ', no evidence yet'
  const evidence = stage === null ? '' : bakedMs === 0 ? none : `, ${formatDuration(bakedMs)} of evidence`
  return `${theme.paint[verdict](verdict)} (${verdictCounts(checks, theme)})${evidence}`
}

/** `✖ 1 fail, ✔ 3 pass`, in the order fail, unknown, waived, pass; nothing for a verdict nobody gave. */
export function verdictCounts(checks: readonly CheckResult[], theme: Theme): string {
  const order = ['fail', 'unknown', 'waived', 'pass'] as const
  return order
    .map((verdict) => ({ verdict, count: checks.filter((check) => check.judgement.verdict === verdict).length }))
    .filter(({ count }) => count > 0)
    .map(({ verdict, count }) => theme.paint[verdict](`${theme.icons[verdict]} ${count} ${verdict}`))
    .join(', ')
}

/** Whether any check has seen a number or an answer yet. */
export function hasObserved(checks: readonly CheckResult[]): boolean {
  return checks.some((check) => check.judgement.observed !== null)
}
