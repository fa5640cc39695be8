import type { EvidenceByNeed, Finding, NeedOf } from '../core/evidence.ts'
import type { Environment } from '../core/plan.ts'
import type { People } from '../core/ports.ts'
import type { StepPorts } from '../core/step.ts'
import type { Window } from '../core/verdict.ts'
import type { OwedSpool } from './owed.ts'

export type MetricNeed = NeedOf<'series'> | NeedOf<'window'> | NeedOf<'alarms'>

/** Everything the engine needs of the world; made once per command in the composition root. */
export type EnginePorts = StepPorts & {
  readonly people: People
  /** All metric needs of one environment at once: one GetMetricData per region and account. One finding per need, in order. */
  readonly metrics: (
    needs: readonly MetricNeed[],
    environment: Environment,
    window: Window,
    signal: AbortSignal,
  ) => Promise<readonly Finding[]>
  readonly identity: (environment: Environment, signal: AbortSignal) => Promise<EvidenceByNeed['identity']>
  readonly git: (signal: AbortSignal) => Promise<EvidenceByNeed['git']>
  /** Who drives, as it is written into a flag document and a rollback. */
  readonly actorName: string
  /** Absent where nothing is to outlive the process. */
  readonly spool?: OwedSpool
}
