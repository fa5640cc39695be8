import { clockTime, short, who } from '../format.ts'
import { nextCommand } from '../next-command.ts'
import { width } from '../text.ts'
import type { Theme } from '../theme.ts'
import { clockLine, exposureLines } from './exposure.ts'
import { gateLines, type WhyForm } from './gate.ts'
import type { LiveModel, LiveNext } from './model.ts'
import { penOf, span, type Pen } from './pen.ts'
import { treeLines, type TreeForm } from './tree.ts'

export type FrameSize = { readonly width: number; readonly height: number; readonly theme: Theme }

/** How much of everything is shown. */
type Form = {
  readonly blanks: boolean
  readonly tree: TreeForm
  readonly whys: WhyForm
  readonly checks: number
  /** Lines a sentence of the lower rows may take. */
  readonly lines: number
  readonly clocks: number
  readonly calls: number
}

const roomy: Form = { blanks: true, tree: 'whole', whys: 'open', checks: Infinity, lines: 2, clocks: 2, calls: 3 }

/** From all there is to what must be seen, a loss at a time: the first that fits is taken. */
const losses: readonly Partial<Form>[] = [
  {},
  { calls: 2 },
  { blanks: false },
  { tree: 'folded' },
  { whys: 'fails' },
  { clocks: 1, lines: 1 },
  { checks: 5 },
  { checks: 3, tree: 'running' },
  { checks: 2, calls: 0 },
  { checks: 1, whys: 'none' },
]
const forms = losses.reduce<readonly Form[]>((all, loss) => [...all, { ...(all.at(-1) ?? roomy), ...loss }], [])

/** A launch on a screen of so many columns and rows. Pure; no line is wider and there are no more lines than asked for. */
export function frame(model: LiveModel, { width: columns, height, theme }: FrameSize): readonly string[] {
  const pen = penOf(theme, columns)
  const drawn = forms.map((form) => () => draw(model, form, pen))
  for (const lines of drawn) {
    const found = lines()
    if (found.length <= height) return found
  }
  const least = drawn.at(-1)?.() ?? []
  // What happens next and what acts stand last, and matter most.
  const head = Math.min(2, height)
  return [...least.slice(0, head), ...(height > head ? least.slice(-(height - head)) : [])]
}

function draw(model: LiveModel, form: Form, pen: Pen): readonly string[] {
  const { exposure, phases } = model
  const canary = exposure.stages.length > 0 || exposure.percent > 0 || exposure.latched
  const begun = exposure.latched || exposure.percent > 0 || exposure.stages.some(({ status }) => status !== 'waiting')
  const clocks = model.clocks.slice(0, form.clocks).map((clock) => clockLine(clock, model.now, pen))
  const sections = [
    headLines(model, pen),
    phases.length === 0 ? [] : treeLines(model, form.tree, pen),
    [...(canary && (begun || form.blanks) ? exposureLines(model, pen) : []), ...clocks],
    gateLines(model, form.checks, form.whys, pen),
    footLines(model, form, pen),
  ].filter((lines) => lines.length > 0)
  return sections.flatMap((lines, index) => (form.blanks && index > 0 ? ['', ...lines] : lines))
}

function headLines(model: LiveModel, pen: Pen): readonly string[] {
  const { theme, columns } = pen
  const { title, environment, sandbox, launch, version, commit, openedAt, now, driver } = model
  const where = sandbox === null ? environment : `sandbox ${sandbox}`
  const place = pen.cut(where, Math.floor(columns / 2))
  const name = pen.cut(title, columns - width(place) - 2)
  const gap = ' '.repeat(Math.max(1, columns - width(name) - width(place)))
  const facts =
    launch === null
      ? ['no launch is open']
      : [
          ...(columns >= 64 ? [launch] : []),
          `${version} ${short(commit)}`,
          `T+${span(now - openedAt)}`,
          ...(columns >= 100 && driver ? [`${who(driver.name)} on ${driver.host}, ${span(now - driver.at)} ago`] : []),
        ]
  const time = clockTime(now)
  const told = pen.cell(facts.join(' · '), columns - time.length - 1)
  const painted = sandbox === null ? theme.paint.strong(place) : theme.paint.waived(place)
  return [theme.paint.heading(name) + gap + painted, `${theme.paint.dim(told)} ${time}`]
}

function footLines(model: LiveModel, form: Form, pen: Pen): readonly string[] {
  const { ended, doing, next, acts, contacts, sandbox, standing } = model
  const { lines } = form
  if (ended) {
    const tone = ended.outcome === 'succeeded' ? 'pass' : 'fail'
    return [
      ...(doing ? pen.row('now', timed(doing, model.now), 1) : []),
      ...pen.row('ended', `${ended.outcome} at ${clockTime(ended.at)}: ${ended.why}`, lines, tone),
      ...acts.slice(0, lines).flatMap((act) => pen.row('next', act, lines)),
      ...pen.row('then', nextCommand(ended.outcome, sandbox !== null), 1, 'strong'),
      ...callLines(model, form, pen),
    ]
  }
  const rest = contacts.length > 0 ? callLines(model, form, pen) : []
  return [
    ...(doing ? pen.row('now', timed(doing, model.now), lines) : next.length === 0 ? pen.row('now', standing, 1) : []),
    ...next
      .slice(0, lines)
      .flatMap((one, index) => pen.row(index === 0 ? 'next' : '', timed(one, model.now), lines, 'strong')),
    ...acts
      .slice(0, lines === 1 ? 1 : 3)
      .flatMap((act, index) => pen.row(index === 0 ? 'acts' : '', acting(act, lines, sandbox, pen), lines)),
    ...rest,
  ]
}

function timed({ text, at }: LiveNext, now: number): string {
  return at === null || at <= now ? text : `in ${span(at - now)}, ${clockTime(at)}: ${text}`
}

/** Where there is one line for it, or what stands before them is long, the commands are what matters. */
function acting(act: string, lines: number, sandbox: string | null, { columns }: Pen): string {
  const from = act.indexOf(': launch ')
  const isLong = from > 60 || (lines === 1 && columns < 100)
  const commands = from !== -1 && isLong ? act.slice(from + 2) : act
  return sandbox === null || lines === 1 ? commands : `${commands} (with --sandbox)`
}

function callLines({ contacts }: LiveModel, { calls, lines }: Form, pen: Pen): readonly string[] {
  const told = contacts.slice(0, calls).map(({ role, name, contact }) => {
    const whom = [name, contact].filter((part) => part.trim() !== '').join(', ')
    return `${role}: ${whom === '' ? 'nobody is named' : whom}`
  })
  return told.length === 0 ? [] : pen.row('call', told.join(' · '), lines)
}
