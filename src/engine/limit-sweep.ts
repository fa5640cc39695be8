import { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import type { Plan, PlannedCheck, PlannedGate, PlannedStep } from '../core/plan.ts'
import { checkKind } from '../gates/registry.ts'

/** `slo.errors=0.5%..2%`: which check, and the limits it is tried with, as they would be written. */
export type Sweep = { readonly check: string; readonly limits: readonly string[] }

const rangePattern = /^([^=]+)=([\d.]+)([a-z%]*)\.\.([\d.]+)([a-z%]*)$/

/** Evenly spaced limits from one to the other, both included. Throws USAGE. */
export function parseSweep(text: string, steps: number): Sweep {
  const [, check = '', low = '', lowUnit = '', high = '', highUnit = ''] = rangePattern.exec(text.trim()) ?? []
  const unit = lowUnit === '' ? highUnit : lowUnit
  const [from, to] = [Number(low), Number(high)]
  if (check === '' || !Number.isFinite(from) || !Number.isFinite(to) || unit !== (highUnit === '' ? unit : highUnit)) {
    throw new LaunchError('USAGE', `--sweep "${text}" is not a check and a range of limits`, {
      hint: 'write it like slo.errors=0.5%..2% or canary.board-p95=600ms..1000ms',
    })
  }
  const values = Array.from({ length: steps }, (_, index) => from + ((to - from) * index) / Math.max(1, steps - 1))
  return { check, limits: [...new Set(values.map((value) => `${Number(value.toPrecision(3))}${unit}`))] }
}

/**
 * The check that a name means: `error-rate`, `canary.error-rate`, `slo.errors` (the list is only for the reader; a metric
 * stands for the one check that reads it). Throws NOT_FOUND.
 */
export function sweptCheck(gate: PlannedGate, name: string): PlannedCheck {
  const wanted = name.split(/[./]/).at(-1) ?? name
  const reads = ({ spec }: PlannedCheck) => Object.values(spec).includes(wanted)
  const byId = gate.checks.find(({ id }) => id === wanted)
  const [byMetric, another] = gate.checks.filter((check) => reads(check) && 'below' in check.spec)
  const found = byId ?? (another ? undefined : byMetric)
  if (found && 'below' in found.spec) return found
  const limited = gate.checks.filter(({ spec }) => 'below' in spec).map(({ id }) => id)
  throw new LaunchError(
    'NOT_FOUND',
    found ? `check ${found.id} has no limit below:` : `gate ${gate.id} has no check "${wanted}" with a limit`,
    { hint: limited.length === 0 ? 'none of its checks has a limit' : `it has ${limited.join(', ')}` },
  )
}

/** The plan with another limit for one check of a step's gate. Throws USAGE for a limit that its kind does not take. */
export function withLimit(plan: Plan, step: PlannedStep, check: PlannedCheck, limit: string): Plan {
  const kind = checkKind(check.kind)
  const field = kind.schema.shape['below']
  if (!field) throw new LaunchError('USAGE', `a check of kind ${check.kind} has no limit below:`)
  const parsed = z.safeParse(field, /^[\d.]+$/.test(limit) ? Number(limit) : limit)
  if (!parsed.success)
    throw new LaunchError('USAGE', `"${limit}" is no limit for ${check.id}: ${parsed.error.issues[0]?.message ?? ''}`)
  const { title: _old, ...spec } = check.spec
  const limited = { ...spec, below: parsed.data }
  const changed = { ...check, spec: limited, title: kind.title(limited) }
  return withGate(plan, step, (gate) => ({
    ...gate,
    checks: gate.checks.map((one) => (one.id === check.id ? changed : one)),
  }))
}

/** The plan with another gate for one step. */
export function withGate(plan: Plan, step: PlannedStep, change: (gate: PlannedGate) => PlannedGate): Plan {
  const phases = plan.phases.map((phase) => ({
    ...phase,
    steps: phase.steps.map((one) => (one.id === step.id && one.gate ? { ...one, gate: change(one.gate) } : one)),
  }))
  return { ...plan, phases }
}
