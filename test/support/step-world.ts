import type { Plan } from '../../src/core/plan.ts'
import type { Happening, LaunchEvent } from '../../src/core/event.ts'
import { artifactHash } from '../../src/core/release.ts'
import type { StepResult } from '../../src/core/step.ts'
import type { EnginePorts } from '../../src/engine/ports.ts'
import { stepKind } from '../../src/steps/registry.ts'
import { begun, stateOf } from './core-launch.ts'
import type { LaunchWorld } from './launch-world.ts'
import { never } from './real-time.ts'
import type { Tap } from './tapped.ts'

/** The artifact of what stands in `dist` now, as a build would have said. */
export async function built(world: LaunchWorld): Promise<Happening> {
  const files = await world.files.tree('dist')
  return {
    type: 'step-done',
    step: 'staging/build',
    attempt: 'a',
    summary: '',
    ms: 1,
    output: { artifact: { hash: artifactHash(files), files: files.length, bytes: 1, manifest: 'dist' } },
  }
}

export type Perform = {
  readonly plan?: Plan
  readonly ports?: Partial<EnginePorts>
  readonly tap?: Tap
  readonly events?: readonly LaunchEvent[]
}

/** Performs one step of the tiny launch by itself. */
export async function perform(
  world: LaunchWorld,
  id: string,
  { plan = world.plan, ports = {}, tap, events }: Perform = {},
): Promise<StepResult> {
  const step = plan.phases.flatMap(({ steps }) => steps).find((one) => one.id === id)
  const environment = plan.environments[step?.environment ?? '']
  const kind = step && stepKind(step.kind)
  if (!step || !environment || !kind?.perform) throw new Error(`no step ${id} to perform`)
  const state = stateOf(events ?? begun(await built(world)).events)
  return kind.perform({ plan, state, step, environment, ports: { ...world.ports(tap), ...ports } }, never)
}
