import type { CheckResult } from '../core/event.ts'
import type { SourcePosition } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import type { LaunchState } from '../core/state.ts'
import type { Verdict } from '../core/verdict.ts'
import type { Envelope } from './envelope-schema.ts'
import { measure } from './format.ts'
import { workflowCommand } from './github-commands.ts'
import { safeText } from './text.ts'

export type Annotation = {
  readonly level: 'error' | 'warning' | 'notice'
  readonly title: string
  readonly message: string
  readonly at: SourcePosition | null
}

/** GitHub shows so many of each level of one step (workflow commands, limits). */
const mostOfALevel = 10

/** How a run ended and which checks of the run sheet say so, worst first. */
export function annotationsOf(
  plan: Plan,
  state: LaunchState,
  { outcome, error }: Pick<Envelope, 'outcome' | 'error'>,
): readonly Annotation[] {
  const end: readonly Annotation[] =
    error === null ? [] : [{ level: 'error', title: `launch: ${outcome}`, message: withHint(error), at: null }]
  const levels = outcome === 'succeeded' ? passed : levelOf
  const checks = Object.entries(state.gates).flatMap(([key, { gate, checks }]) =>
    checks.flatMap((check): readonly Annotation[] => {
      const level = levels[check.judgement.verdict]
      return level === null ? [] : [{ level, ...saying(key, check), at: placeOf(plan, gate, check.id) }]
    }),
  )
  const all = [...end, ...onceEach(checks)]
  return (['error', 'warning', 'notice'] as const).flatMap((level) => capped(all.filter((one) => one.level === level)))
}

const levelOf = { fail: 'error', unknown: 'warning', waived: 'notice', pass: null } as const satisfies Record<
  Verdict,
  Annotation['level'] | null
>
/** A launch that went through all the same. */
const passed = { ...levelOf, fail: 'warning', unknown: null } as const

function withHint({ message, hint }: NonNullable<Envelope['error']>): string {
  return safeText(hint === '' ? message : `${message}; ${hint}`)
}

function saying(key: string, { title, judgement }: CheckResult): Pick<Annotation, 'title' | 'message'> {
  const value = measure(judgement)
  const message = [value, judgement.why].filter((part) => part !== '').join(': ')
  return { title: safeText(`${title} (gate ${key})`), message: safeText(message) }
}

function placeOf(plan: Plan, gate: string, check: string): SourcePosition | null {
  const planned = plannedGates(plan).find(({ id }) => id === gate)
  const found = planned?.checks.find(({ id }) => id === check)
  return found?.at ?? null
}

/** A check that was looked at in several stages says the same of the same line once. */
function onceEach(annotations: readonly Annotation[]): readonly Annotation[] {
  const keyOf = ({ level, message, at }: Annotation) => `${level} ${at?.line ?? ''}:${at?.col ?? ''} ${message}`
  return [...new Map(annotations.map((one) => [keyOf(one), one])).values()]
}

function capped(annotations: readonly Annotation[]): readonly Annotation[] {
  if (annotations.length <= mostOfALevel) return annotations
  const shown = annotations.slice(0, mostOfALevel)
  const more = annotations.length - mostOfALevel
  return shown.map((one, index) =>
    index < mostOfALevel - 1 ? one : { ...one, message: `${one.message} (and ${more} more, see the log)` },
  )
}

/** As GitHub shows it beside the line; `place` gives the path from the root of the checkout. */
export function annotationLine({ level, title, message, at }: Annotation, place: (file: string) => string): string {
  const where = at === null ? {} : { file: place(at.file), line: at.line, col: at.col }
  return workflowCommand(level, message, { ...where, title })
}
