import type { z } from 'zod'
import { issueMessage } from './issue-message.ts'
import { Gate, type GateItem } from './sections/gates.ts'
import { Metric } from './sections/metrics.ts'
import { Notify } from './sections/notify.ts'
import { Approval, EscalationLevel } from './sections/people.ts'
import { Phase } from './sections/phases.ts'
import { Flag } from './sections/flag.ts'
import { Report } from './sections/report.ts'
import { Rollback } from './sections/rollback.ts'
import { valueIn } from './issues.ts'

type Listed<T> = { readonly index: number; readonly item: T }
type Named<T> = { readonly name: string; readonly item: T }

/** The parts of a run sheet that hold by themselves: a mistake in one does not hide a wrong name in another. */
export type Salvage = {
  readonly environments: readonly string[]
  readonly metricIds: readonly string[]
  readonly gateIds: readonly string[]
  readonly channelIds: readonly string[]
  readonly roles: readonly string[]
  readonly metrics: readonly Named<z.infer<typeof Metric>>[]
  readonly gates: readonly Named<readonly Listed<GateItem>[]>[]
  /** Whether every check could be read: only then is a name that no check has a mistake of its own. */
  readonly allChecks: boolean
  readonly phases: readonly Listed<z.infer<typeof Phase>>[]
  readonly escalation: readonly Listed<z.infer<typeof EscalationLevel>>[]
  readonly rollback: z.infer<typeof Rollback> | null
  readonly report: z.infer<typeof Report> | null
  /** The channel that `notify:` names for updates; null when it names none. */
  readonly updates: string | null
  /** Percent of users who keep the old version at 100 %. */
  readonly holdback: number
}

export function salvage(value: unknown): Salvage {
  const section = (name: string) => valueIn(value, [name])
  return {
    environments: keysOf(section('environments')),
    metricIds: keysOf(section('metrics')),
    gateIds: keysOf(section('gates')),
    channelIds: keysOf(section('channels')),
    roles: listOf(Approval, section('approvals')).map(({ item }) => item.role),
    metrics: namesIn(section('metrics')).flatMap(({ name, item }) =>
      oneOf(Metric, item).map((item) => ({ name, item })),
    ),
    allChecks: namesIn(section('gates')).every(
      ({ item }) => listOf(Gate.element, item).length === (Array.isArray(item) ? item.length : -1),
    ),
    gates: namesIn(section('gates')).map(({ name, item }) => ({ name, item: listOf(Gate.element, item) })),
    phases: listOf(Phase, section('phases')),
    escalation: listOf(EscalationLevel, section('escalation')),
    rollback: oneOf(Rollback, section('rollback'))[0] ?? null,
    report: oneOf(Report, section('report'))[0] ?? null,
    updates: oneOf(Notify, section('notify'))[0]?.updates ?? null,
    holdback: oneOf(Flag, section('flag'))[0]?.holdback ?? 0,
  }
}

function oneOf<S extends z.ZodType>(schema: S, value: unknown): readonly z.infer<S>[] {
  const read = schema.safeParse(value, { error: issueMessage })
  return read.success ? [read.data] : []
}

function listOf<S extends z.ZodType>(schema: S, value: unknown): readonly Listed<z.infer<S>>[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown, index) => oneOf(schema, item).map((read) => ({ index, item: read })))
}

function namesIn(value: unknown): readonly Named<unknown>[] {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? Object.entries(value).map(([name, item]) => ({ name, item }))
    : []
}

const keysOf = (value: unknown) => namesIn(value).map(({ name }) => name)
