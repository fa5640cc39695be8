import type { CheckSpec } from '../core/check.ts'
import type { SourcePosition } from '../core/errors.ts'
import type { Plan, PlannedCheck } from '../core/plan.ts'
import { plannedGates } from '../core/planned-gates.ts'
import { formatQuantity } from '../core/quantity.ts'
import type { LoadedSheet } from './load.ts'

type Direction = 'below' | 'atMost' | 'atLeast'
type Bound = {
  readonly check: PlannedCheck
  readonly environment: string
  readonly field: Direction
  readonly value: number
  readonly unit: string
  /** Which limits are of the same thing. */
  readonly subject: string
}

const fields = ['below', 'atMost', 'atLeast'] as const

/** What a check says besides what it judges: two checks that differ in these alone judge the same. */
const besides = new Set<string>([
  'id',
  'title',
  'owner',
  'onFail',
  'persist',
  'observe',
  'judge',
  'floor',
  'over',
  'rollbackAt',
  'inARow',
  ...fields,
])

/**
 * Limits that production keeps less well than an environment before it: the release was proven by a limit that its users do
 * not get. One line each, with the place of the production limit. Where production has several limits of one thing its
 * tightest counts, and so it does elsewhere.
 */
export function looserLimits(plan: Plan, loaded: Pick<LoadedSheet, 'sheet' | 'source'>): readonly string[] {
  const bounds = plannedGates(plan).flatMap(({ checks, environment }) =>
    checks.flatMap((check) => boundsOf(check, environment)),
  )
  const subjects = [...new Set(bounds.map(({ subject }) => subject))]
  return subjects.flatMap((subject) => {
    const own = bounds.filter((bound) => bound.subject === subject)
    const production = tightest(own.filter(({ environment }) => environment === 'production'))
    const before = tightest(own.filter(({ environment }) => environment !== 'production'))
    return production && before && isTighter(before, production) ? [said(production, before, loaded)] : []
  })
}

function boundsOf(check: PlannedCheck, environment: string): readonly Bound[] {
  const inner = check.nested.flatMap((nested) => boundsOf(nested, environment))
  if (check.spec.observe === true || check.spec.onFail === 'observe') return inner
  const subject = JSON.stringify(
    Object.entries(check.spec)
      .filter(([field, value]) => !besides.has(field) && value !== undefined)
      .toSorted(([a], [b]) => (a < b ? -1 : 1)),
  )
  const own = fields.flatMap((field): readonly Bound[] => {
    const limit = limitOf(check.spec, field)
    return limit ? [{ check, environment, field, ...limit, subject: `${field} ${limit.unit} ${subject}` }] : []
  })
  return [...own, ...inner]
}

/** Limits with a unit are objects, shares and proportions plain numbers. */
function limitOf(spec: CheckSpec, field: Direction): { readonly value: number; readonly unit: string } | null {
  const said: unknown = new Map<string, unknown>(Object.entries(spec)).get(field)
  if (typeof said === 'number') return { value: said, unit: spec.kind === 'count' ? 'count' : 'share' }
  if (said === null || typeof said !== 'object' || !('value' in said) || !('unit' in said)) return null
  return typeof said.value === 'number' && typeof said.unit === 'string' ? { value: said.value, unit: said.unit } : null
}

function tightest(bounds: readonly Bound[]): Bound | null {
  return bounds.reduce<Bound | null>((best, bound) => (best === null || isTighter(bound, best) ? bound : best), null)
}

function isTighter(one: Bound, other: Bound): boolean {
  return one.field === 'atLeast' ? one.value > other.value : one.value < other.value
}

function said(production: Bound, before: Bound, loaded: Pick<LoadedSheet, 'sheet' | 'source'>): string {
  const where = (at: SourcePosition | null) => (at ? `${at.file}:${at.line}:${at.col}` : 'the run sheet')
  const limit = ({ field, value, unit }: Bound) => `${field} ${formatQuantity(value, unit)}`
  return (
    `${where(limitPlace(production, loaded))} production is held to less than ${before.environment}: ` +
    `"${production.check.title}" (${limit(production)}), "${before.check.title}" (${limit(before)}) at ${where(limitPlace(before, loaded))}`
  )
}

/** Where the limit itself is written: the field of the check that begins there. */
function limitPlace({ check, field }: Bound, { sheet, source }: Pick<LoadedSheet, 'sheet' | 'source'>) {
  const begins = check.at
  if (!begins) return null
  const paths = Object.entries(sheet.gates).flatMap(([list, items]) =>
    (items ?? []).map((_, index) => ['gates', list, index] as const),
  )
  const path = paths.find((one) => {
    const { line, col } = source.keyAt(one)
    return line === begins.line && col === begins.col
  })
  return path ? source.valueAt([...path, field]) : begins
}
