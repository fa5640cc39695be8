import type { EpochMs } from '../core/brand.ts'
import type { Plan } from '../core/plan.ts'
import type { Cell } from '../report/cell.ts'

/** Something people are told. Nothing in it is escaped yet. */
export type Notice = {
  /** The same thing has the same id, whoever tells it: it is told once. */
  readonly id: string
  readonly at: EpochMs
  readonly mark: Mark
  readonly title: Cell
  readonly lines: readonly Cell[]
  /** Who hears of it. */
  readonly to: readonly Audience[]
  /** Page of the CI run it comes from, or null. */
  readonly run: string | null
  readonly page?: Paging
}

/** The channel for updates, those that get the release note, or the channel of an escalation level. */
export type Audience = 'updates' | 'announce' | { readonly level: number }

/** Pages of one `key` are one incident: a resolve ends what a trigger began. */
export type Paging =
  | { readonly action: 'trigger'; readonly key: string; readonly severity: 'critical' | 'error' }
  | { readonly action: 'resolve'; readonly key: string }

/** What a message begins with; a word says the same behind it. */
export const marks = { good: '✅', bad: '❌', back: '⏪', wait: '⏸', on: '▶', note: 'ℹ' } as const
export type Mark = keyof typeof marks

export type EscalationLevel = Plan['escalation'][number]

/** The level as the run sheet has it; the nearest one below where it has none of that number, else its lowest. */
export function levelOf({ escalation }: Plan, level: number): EscalationLevel | null {
  const sorted = escalation.toSorted((a, b) => a.level - b.level)
  return sorted.findLast((one) => one.level <= level) ?? sorted[0] ?? null
}

/** Ids of the channels that hear a notice, each once. */
export function channelsOf(plan: Plan, to: readonly Audience[]): readonly string[] {
  const ids = to.flatMap((audience) => {
    if (audience === 'updates') return [plan.notify?.updates ?? 'primary']
    if (audience === 'announce') return plan.report.announce ?? []
    return [levelOf(plan, audience.level)?.channel ?? '']
  })
  return [...new Set(ids)].filter((id) => Object.hasOwn(plan.channels, id))
}
