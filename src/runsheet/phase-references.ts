import { stepKind } from '../steps/registry.ts'
import type { Diagnostic } from './diagnostics.ts'
import { phaseEnvironment } from './phase-environment.ts'
import type { Salvage } from './salvage.ts'
import type { StepItem } from './sections/step-item.ts'
import { unknownName } from './unknown-name.ts'
import type { Path, YamlSource } from './yaml-source.ts'

/** Phases and steps that name gates or environments which do not exist, ids given twice, stages that do not rise to 100 %. */
export function phaseProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  return [
    ...parts.phases.flatMap((phase, place) => onePhase(phase, place, parts, source)),
    ...lastStage(parts, source),
    ...heldBackStages(parts, source),
  ]
}

type ListedPhase = Salvage['phases'][number]

function onePhase(
  { index, item: phase }: ListedPhase,
  place: number,
  parts: Salvage,
  source: YamlSource,
): readonly Diagnostic[] {
  const path = ['phases', index]
  const environment = phaseEnvironment(phase, parts.environments)
  const again = parts.phases.slice(0, place).some(({ item }) => item.id === phase.id)
  return [
    ...(again
      ? [
          {
            at: source.valueAt([...path, 'id']),
            label: 'id',
            message: `"${phase.id}" is the id of an earlier phase`,
            hint: 'choose another',
          },
        ]
      : []),
    ...(phase.gate === undefined || parts.gateIds.includes(phase.gate)
      ? []
      : [unknownName('gate', phase.gate, parts.gateIds, source.valueAt([...path, 'gate']), 'gate')]),
    ...(phase.environment === undefined || parts.environments.includes(phase.environment)
      ? []
      : [
          unknownName(
            'environment',
            phase.environment,
            parts.environments,
            source.valueAt([...path, 'environment']),
            'environment',
          ),
        ]),
    ...phase.run.flatMap((step, stepIndex) =>
      stepProblems(step, environment, [...path, 'run', stepIndex], parts, source),
    ),
  ]
}

function stepProblems(
  step: StepItem,
  phaseEnvironment: string,
  path: Path,
  parts: Salvage,
  source: YamlSource,
): readonly Diagnostic[] {
  const kind = stepKind(step.kind)
  const environment = kind.environment(step.spec, phaseEnvironment)
  const gate = kind.gate(step.spec)
  return [
    ...(environment === phaseEnvironment || parts.environments.includes(environment)
      ? []
      : [unknownName('environment', environment, parts.environments, source.scalarAt(path, environment), step.kind)]),
    ...(gate === null || parts.gateIds.includes(gate.name)
      ? []
      : [unknownName('gate', gate.name, parts.gateIds, source.scalarAt(path, gate.name), 'gate')]),
    ...fallingStage(step, path, source),
  ]
}

/** Stages of a step that exposes users bit by bit, in percent; null for every other step. */
export function stagesOf(step: StepItem): readonly number[] | null {
  const { spec } = step
  if (spec === null || typeof spec !== 'object' || !('stages' in spec) || !Array.isArray(spec.stages)) return null
  return spec.stages.filter((stage): stage is number => typeof stage === 'number')
}

function fallingStage(step: StepItem, path: Path, source: YamlSource): readonly Diagnostic[] {
  const stages = stagesOf(step) ?? []
  const index = stages.findIndex((stage, at) => stage <= (stages[at - 1] ?? 0))
  if (index === -1) return []
  const before = stages[index - 1]
  const message =
    before === undefined
      ? `a stage of ${stages[index]}% exposes nobody`
      : `${stages[index]}% after ${before}% does not rise`
  return [
    {
      at: source.valueAt([...path, step.kind, 'stages', index]),
      label: 'stages',
      message,
      hint: before === undefined ? 'start above 0%' : `write more than ${before}%`,
    },
  ]
}

/** Between everybody but those held back and 100 % there is nobody left to be shown it. */
function heldBackStages({ phases, holdback }: Salvage, source: YamlSource): readonly Diagnostic[] {
  return phases.flatMap(({ index, item }) =>
    item.run.flatMap((step, at) =>
      (stagesOf(step) ?? []).flatMap((stage, place) =>
        stage < 100 && stage >= 100 - holdback
          ? [
              {
                at: source.valueAt(['phases', index, 'run', at, step.kind, 'stages', place]),
                label: 'stages',
                message: `${stage}% is no other stage than 100% while ${holdback}% of users are held back`,
                hint: `write less than ${Math.round((100 - holdback) * 100) / 100}%, or leave it out`,
              },
            ]
          : [],
      ),
    ),
  )
}

/** A launch ends with everybody: only the last stage of the last such step counts, earlier ones may stop below. */
function lastStage(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const staged = parts.phases.flatMap(({ index, item }) =>
    item.run.flatMap((step, at) => (stagesOf(step) === null ? [] : [{ step, path: ['phases', index, 'run', at] }])),
  )
  const last = staged.at(-1)
  const stages = last ? (stagesOf(last.step) ?? []) : []
  const goal = stages.at(-1)
  if (!last || goal === undefined || goal === 100 || stages.some((stage) => stage >= 100)) return []
  return [
    {
      at: source.valueAt([...last.path, last.step.kind, 'stages', stages.length - 1]),
      label: 'stages',
      message: `the last stage is ${goal}%, so the launch would never reach everybody`,
      hint: 'end with 100%',
    },
  ]
}
