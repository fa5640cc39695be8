import type { IconName, Tone } from '../theme.ts'
import type { LiveModel, LivePhase, LiveStep } from './model.ts'
import { span, type Pen } from './pen.ts'

/** `whole`: a line per phase; `folded`: what is behind and what is ahead in one line each; `running`: the phase under way alone. */
export type TreeForm = 'whole' | 'folded' | 'running'

const phaseLook = {
  waiting: ['waiting', 'dim'],
  running: ['running', 'strong'],
  pass: ['pass', 'pass'],
  fail: ['fail', 'fail'],
  held: ['held', 'unknown'],
} as const satisfies Record<LivePhase['status'], readonly [IconName, Tone]>

const stepLook = {
  waiting: ['waiting', 'dim'],
  running: ['running', 'strong'],
  held: ['held', 'unknown'],
  done: ['pass', 'pass'],
  failed: ['fail', 'fail'],
} as const satisfies Record<LiveStep['status'], readonly [IconName, Tone]>

/** The phases with their state and age; the one under way with its steps. */
export function treeLines(model: LiveModel, form: TreeForm, pen: Pen): readonly string[] {
  const { phases } = model
  const at = phases.findIndex(({ status }) => status === 'running' || status === 'held' || status === 'fail')
  if (form === 'whole' || at === -1) return whole(model, at, form, pen)
  const current = phases[at]
  if (!current) return []
  const opened = phaseLines(current, model, pen, true)
  if (form === 'running') return opened
  const ahead = phases.slice(at + 1).filter(({ status }) => status === 'waiting')
  return [
    ...folded('pass', `${at} passed`, phases.slice(0, at), pen),
    ...opened,
    ...folded('waiting', 'then', ahead, pen),
  ]
}

function whole(model: LiveModel, at: number, form: TreeForm, pen: Pen): readonly string[] {
  const { phases } = model
  if (at === -1 && form !== 'whole') {
    const passed = phases.filter(({ status }) => status === 'pass')
    const ahead = phases.filter(({ status }) => status === 'waiting')
    return [...folded('pass', `${passed.length} passed`, passed, pen), ...folded('waiting', 'then', ahead, pen)]
  }
  return phases.flatMap((phase, index) => phaseLines(phase, model, pen, index === at))
}

function folded(icon: IconName, word: string, phases: readonly LivePhase[], pen: Pen): readonly string[] {
  if (phases.length === 0) return []
  const { theme, columns } = pen
  const names = phases.map(({ title }) => title).join(', ')
  const tone = icon === 'pass' ? 'pass' : 'dim'
  return [`${theme.paint[tone](theme.icons[icon])} ${theme.paint.dim(pen.cut(`${word}: ${names}`, columns - 2))}`]
}

function phaseLines(phase: LivePhase, model: LiveModel, pen: Pen, open: boolean): readonly string[] {
  const line = treeLine({ ...phase, look: phaseLook[phase.status], word: phase.status, indent: 0 }, model, pen)
  if (!open) return [line]
  const steps = phase.steps.map((step) =>
    treeLine({ ...step, look: stepLook[step.status], word: step.status, indent: 2 }, model, pen),
  )
  return [line, ...steps]
}

type Row = Pick<LiveStep, 'title' | 'startedAt' | 'endedAt' | 'info'> & {
  readonly look: readonly [IconName, Tone]
  readonly word: string
  readonly indent: number
}

function treeLine({ title, startedAt, endedAt, info, look, word, indent }: Row, model: LiveModel, pen: Pen): string {
  const { theme, columns } = pen
  const [icon, tone] = look
  // A narrow screen has no room for ages.
  const ageColumns = columns < 40 ? 0 : 8
  const titleColumns = Math.max(14, Math.min(44, Math.floor(columns * 0.46))) - indent
  const age = startedAt === null ? '' : span((endedAt ?? model.now) - startedAt)
  const used = indent + 2 + titleColumns + 1 + 8 + ageColumns
  const room = columns - used - 2
  const cells = [
    ' '.repeat(indent),
    theme.paint[tone](theme.icons[icon]),
    ' ',
    tone === 'strong' ? theme.paint.strong(pen.cell(title, titleColumns)) : pen.cell(title, titleColumns),
    ' ',
    theme.paint[tone](pen.cell(word, 8)),
    ageColumns > 0 ? pen.cell(age, ageColumns, 'right') : '',
    room >= 8 && info !== '' ? `  ${theme.paint.dim(pen.cut(info, room))}` : '',
  ]
  return cells.join('').trimEnd()
}
