import { number } from '../format.ts'
import type { IconName } from '../theme.ts'
import { bar } from './bars.ts'
import type { LiveClock, LiveModel, LiveStage } from './model.ts'
import { labelColumns, span, type Pen } from './pen.ts'

const stageIcons = {
  waiting: 'waiting',
  shifting: 'running',
  set: 'running',
  baking: 'running',
  held: 'held',
  pass: 'pass',
  unproven: 'unknown',
  fail: 'fail',
} as const satisfies Record<LiveStage['status'], IconName>

/** How many users have the new version: a bar, and the stages behind and ahead. */
export function exposureLines({ exposure, now }: LiveModel, pen: Pen): readonly string[] {
  const { flag, percent, latched, stages } = exposure
  const { theme } = pen
  const said = `${number(percent)}%${latched ? ' latched off' : ' of users'}`
  const tone = latched ? 'fail' : percent > 0 ? 'strong' : 'dim'
  const told = stages.map((stage) => `${theme.icons[stageIcons[stage.status]]} ${stageText(stage, now)}`)
  const room = pen.columns - labelColumns
  const text = told.join(' · ')
  return [
    barLine('exposure', percent / 100, `${said} · ${flag}`, tone, pen),
    ...(stages.length === 0 ? [] : [`${' '.repeat(labelColumns)}${pen.cut(text, room)}`]),
  ]
}

function stageText({ percent, status, startedAt, endedAt }: LiveStage, now: number): string {
  if (status === 'waiting' || startedAt === null) return `${percent}%`
  const word = status === 'pass' ? '' : ` ${status}`
  return `${percent}%${word} ${span((endedAt ?? now) - startedAt)}`
}

const clockWords = {
  bake: 'bake',
  extend: 'at most',
  hold: 'hold',
  watch: 'watch',
} as const satisfies Record<LiveClock['type'], string>

/** The bake and how far it may be stretched, or the time that is left of a hold. */
export function clockLine(clock: LiveClock, now: number, pen: Pen): string {
  const { type, since, doneMs, ofMs } = clock
  const spent = doneMs ?? now - since
  const left = Math.max(0, ofMs - spent)
  const of = doneMs === null || pen.columns < 90 ? '' : ' of evidence'
  const said = `${span(Math.min(spent, ofMs))} of ${span(ofMs)}${of}${left === 0 ? '' : `, ${span(left)} left`}`
  return barLine(clockWords[type], ofMs === 0 ? 1 : spent / ofMs, said, type === 'hold' ? 'unknown' : 'dim', pen)
}

function barLine(
  label: string,
  part: number,
  said: string,
  tone: 'fail' | 'strong' | 'dim' | 'unknown',
  pen: Pen,
): string {
  const { theme, columns } = pen
  const barColumns = Math.max(6, Math.min(40, Math.floor((columns - labelColumns) * 0.4)))
  const room = columns - labelColumns - barColumns - 2
  const drawn = theme.paint[tone === 'dim' ? 'strong' : tone](theme.encode(bar(part, barColumns)))
  return `${theme.paint.dim(label.padEnd(labelColumns))}${drawn}  ${pen.cut(said, room)}`
}
