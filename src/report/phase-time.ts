import type { Plan, PlannedPhase } from '../core/plan.ts'
import { localTime } from '../ui/format.ts'

/**
 * When people planned a phase: `T-45, 17:15 America/Chicago` where T is the opening of a window (with the date when it is
 * another day), `T-45` without one; null when nothing is planned. Not made safe to print.
 */
export function phaseTime({ window }: Plan, { at }: PlannedPhase): string | null {
  const minutes = at === null ? null : /^T([+-]\d+)$/.exec(at)?.[1]
  if (!window || minutes === null || minutes === undefined) return at
  const { opensAt, timezone } = window
  const [opens, local] = [opensAt, opensAt + Number(minutes) * 60_000].map((ms) => localTime(ms, timezone))
  const time = local?.slice(0, 10) === opens?.slice(0, 10) ? local?.slice(11) : local
  return `${at}, ${time} ${timezone}`
}
