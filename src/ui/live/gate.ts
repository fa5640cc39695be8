import { clockTime, measure } from '../format.ts'
import { formatCount } from '../../core/quantity.ts'
import { width } from '../text.ts'
import type { IconName, Tone } from '../theme.ts'
import { sparkline } from './bars.ts'
import type { LiveCheck, LiveGate, LiveModel } from './model.ts'
import { span, type Pen } from './pen.ts'

/** Which checks say why they stand where they do. */
export type WhyForm = 'open' | 'fails' | 'none'

const look = {
  pass: ['pass', 'pass'],
  fail: ['fail', 'fail'],
  unknown: ['unknown', 'unknown'],
  waived: ['waived', 'waived'],
  waiting: ['waiting', 'dim'],
} as const satisfies Record<LiveCheck['verdict'], readonly [IconName, Tone]>

const order = { fail: 0, unknown: 1, waived: 2, waiting: 3, pass: 4 } as const satisfies Record<
  LiveCheck['verdict'],
  number
>

/** The gate that matters, check by check: at most so many of them, the worst ones first where not all have room. */
export function gateLines(model: LiveModel, most: number, whys: WhyForm, pen: Pen): readonly string[] {
  const { gate } = model
  if (!gate) return []
  const { checks } = gate
  const shown =
    checks.length <= most
      ? checks
      : [...checks].sort((a, b) => order[a.verdict] - order[b.verdict]).slice(0, Math.max(1, most - 1))
  const more = checks.length - shown.length
  return [
    headLine(gate, model.now, pen),
    ...shown.flatMap((check) => checkLines(check, whys, pen)),
    ...(more > 0 ? [pen.theme.paint.dim(`  and ${more} more`)] : []),
  ]
}

function headLine({ name, verdict, at, checks }: LiveGate, now: number, pen: Pen): string {
  const { theme, columns } = pen
  const [icon, tone] = look[verdict]
  const passed = checks.filter((check) => check.verdict === 'pass').length
  const looked = at === null ? 'not looked at yet' : `looked ${clockTime(at)}, ${span(now - at)} ago`
  const facts = [...(verdict === 'waiting' ? [] : [verdict]), `${passed} of ${checks.length} pass`, looked]
  const head = pen.cut(name, columns - 2)
  const rest = pen.cut(facts.join(', '), Math.max(0, columns - 4 - width(head)))
  return `${theme.paint[tone](theme.icons[icon])} ${theme.paint.strong(head)}${rest === '' ? '' : `: ${theme.paint[tone](rest)}`}`
}

function checkLines(check: LiveCheck, whys: WhyForm, pen: Pen): readonly string[] {
  const { theme, columns } = pen
  const says =
    check.why !== '' &&
    (check.verdict === 'fail'
      ? whys !== 'none'
      : whys === 'open' && (check.verdict === 'unknown' || check.verdict === 'waived'))
  const why = says ? [theme.paint.dim(`      ${pen.cut(check.why, columns - 6)}`)] : []
  return [checkLine(check, pen), ...why]
}

/** `  ✔ Board load p95 < 800ms   406ms < 800ms   1,397  ▁▁▂▁  steady`; narrow screens lose columns from the right. */
function checkLine({ title, verdict, observed, limit, unit, samples, points, trend }: LiveCheck, pen: Pen): string {
  const { theme, columns } = pen
  const [icon, tone] = look[verdict]
  const isWide = columns >= 100
  const sparkColumns = isWide ? 24 : columns >= 64 ? 12 : columns >= 36 ? 5 : 0
  const trendColumns = columns >= 64 ? 8 : 0
  const sampleColumns = isWide ? 10 : 0
  const measured = measure({ observed, limit, unit })
  const valueColumns = isWide ? 26 : columns >= 64 ? 20 : 13
  const others = valueColumns + sampleColumns + sparkColumns + trendColumns + (trendColumns > 0 ? 5 : 4)
  const titleColumns = Math.min(44, Math.max(8, columns - 4 - others))
  const spark = verdict === 'fail' ? theme.paint.fail : (text: string) => text
  const cells = [
    `  ${theme.paint[tone](theme.icons[icon])} `,
    pen.cell(title, titleColumns),
    ' ',
    verdict === 'fail' ? theme.paint.fail(pen.cell(measured, valueColumns)) : pen.cell(measured, valueColumns),
    sampleColumns > 0 ? `${pen.cell(samples === 0 ? '' : formatCount(samples), sampleColumns, 'right')} ` : ' ',
    spark(pen.cell(sparkline(points, sparkColumns), sparkColumns)),
    trendColumns > 0 ? `  ${pen.cut(trend ?? '', trendColumns)}` : '',
  ]
  return cells.join('').trimEnd()
}
