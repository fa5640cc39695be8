import type { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import type { PlannedGate, PlannedPhase, PlannedStep } from '../core/plan.ts'
import { stepKind } from '../steps/registry.ts'
import { compileChecks, type GatePlace } from './compile-gates.ts'
import type { LoadedSheet } from './load.ts'
import { phaseEnvironment, production } from './phase-environment.ts'
import { stagesOf } from './phase-references.ts'
import type { Phase } from './sections/phases.ts'
import type { StepItem } from './sections/step-item.ts'

export type CompileOptions = {
  /** Other stages than the sheet's, in percent, rising; for `--canary-stages`. */
  readonly canaryStages?: readonly number[]
}

type Phase = z.infer<typeof Phase>

/** The phases with every name resolved. Throws LaunchError USAGE for stages that do not rise within 0–100 %. */
export function compilePhases(loaded: LoadedSheet, options: CompileOptions): readonly PlannedPhase[] {
  const { sheet } = loaded
  const names = Object.keys(sheet.environments)
  const staged = withStages(sheet.phases, options.canaryStages)
  const firstChange = staged.findIndex((phase) => changesProduction(phase, phaseEnvironment(phase, names)))
  return staged.map((phase, index): PlannedPhase => {
    const environment = phaseEnvironment(phase, names)
    const earlier = staged.slice(0, index).flatMap(listsOf)
    const live = firstChange !== -1 && index >= firstChange
    const gate = phase.gate === undefined ? null : gateOf(loaded, phase.gate, phase, { environment, live }, earlier)
    return {
      id: phase.id,
      title: phase.title ?? phase.id,
      at: phase.at ?? null,
      environment,
      steps: stepsOf(loaded, phase, { environment, live }, gate, earlier),
      gate,
      onFail: phase.onFail ?? (live ? 'emergency' : 'stop'),
    }
  })
}

function changesProduction(phase: Phase, environment: string): boolean {
  return phase.run.some(({ kind: name, spec }) => {
    const kind = stepKind(name)
    return kind.changes(spec, environment) === 'users' && kind.environment(spec, environment) === production
  })
}

/** Names of the lists a phase judges. */
function listsOf(phase: Phase): readonly string[] {
  const steps = phase.run.flatMap(({ kind, spec }) => stepKind(kind).gate(spec)?.name ?? [])
  return phase.gate === undefined ? steps : [...steps, phase.gate]
}

function stepsOf(
  loaded: LoadedSheet,
  phase: Phase,
  { environment, live }: GatePlace,
  phaseGate: PlannedGate | null,
  earlier: readonly string[],
): readonly PlannedStep[] {
  const seen = new Map<string, number>()
  return phase.run.map(({ kind: name, spec }): PlannedStep => {
    const kind = stepKind(name)
    const place = kind.environment(spec, environment)
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    const own = kind.gate(spec)
    // A step that goes on over time and names no list watches the one of its phase.
    const watched = kind.next === null ? null : phaseGate
    return {
      id: count === 1 ? `${phase.id}/${name}` : `${phase.id}/${name}-${count}`,
      kind: name,
      phase: phase.id,
      environment: place,
      spec: spec ?? null,
      gate:
        own === null
          ? watched
          : gateOf(
              loaded,
              own.name,
              { id: phase.id, every: own.everyMs, patience: own.patienceMs },
              { environment: place, live },
              earlier,
            ),
    }
  })
}

/** A list that an earlier phase judges too gets the phase's name behind it: gate ids are unique in a plan. */
function gateOf(
  loaded: LoadedSheet,
  list: string,
  phase: Pick<Phase, 'id' | 'every' | 'patience'>,
  place: GatePlace,
  earlier: readonly string[],
): PlannedGate {
  return {
    id: earlier.includes(list) ? `${list}@${phase.id}` : list,
    environment: place.environment,
    checks: compileChecks(loaded, list, place),
    patienceMs: phase.patience,
    everyMs: phase.every,
  }
}

function withStages(phases: readonly Phase[], stages: readonly number[] | undefined): readonly Phase[] {
  if (stages === undefined) return phases
  if (stages.length === 0 || stages.some((stage, index) => !(stage > (stages[index - 1] ?? 0) && stage <= 100))) {
    throw new LaunchError('USAGE', `canary stages "${stages.join(',')}" do not rise from above 0 to at most 100`, {
      hint: 'write them like 10,30,50,100',
    })
  }
  const replaced = (step: StepItem): StepItem => {
    if (stagesOf(step) === null) return step
    // stagesOf found a list in it, so it is an object.
    return { ...step, spec: { ...(step.spec as object), stages } }
  }
  return phases.map((phase) => ({ ...phase, run: phase.run.map(replaced) }))
}
