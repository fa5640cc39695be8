import type { StepKind } from '../core/step.ts'
import { build } from './build.ts'
import { canary } from './canary.ts'
import { deploy } from './deploy.ts'
import { monitor } from './monitor.ts'
import { report } from './report.ts'
import { smoke } from './smoke.ts'
import { validate } from './validate.ts'

/** Every step kind: one file each, one line here. */
export const stepKinds = [build, deploy, smoke, validate, canary, monitor, report] as const

/** Throws when no kind has that name: a plan holds only kinds its schema knew. */
export function stepKind(name: string): StepKind {
  const found = stepKinds.find((kind) => kind.kind === name)
  if (!found) throw new Error(`no step kind "${name}"`)
  return found
}
