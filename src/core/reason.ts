import type { CheckResult } from './event.ts'
import { formatQuantity } from './quantity.ts'
import type { Judgement } from './verdict.ts'

/** `board-load p95 < 800ms: 1,240ms at 30 % (2,104 samples)`: which check failed, with what value, where. */
export function failureReason(checks: readonly CheckResult[], stagePercent: number | null): string {
  const at = stagePercent === null ? '' : ` at ${stagePercent} %`
  return checks
    .filter((check) => check.judgement.verdict === 'fail')
    .map((check) => {
      const value = valueOf(check.judgement)
      // A reason has its own numbers; they are said last.
      return value === null
        ? `${check.title}${at}: ${check.judgement.why}`
        : `${check.title}: ${value}${at}${samples(check.judgement)}`
    })
    .join('; ')
}

/** Reasons that are spelled out; a line a person reads at 3 a.m. needs no more. */
const spelledOut = 2

/** `Error rate: 212 of 300 requests; Alarms: …; and 3 more`: what is not known yet. One reason of several is said once. */
export function unknownReason(checks: readonly CheckResult[]): string {
  const unknown = checks.filter((check) => check.judgement.verdict === 'unknown')
  const reasons = [...new Set(unknown.map((check) => check.judgement.why))]
  const said = reasons.slice(0, spelledOut).map((why) => {
    const titles = unknown.filter((check) => check.judgement.why === why).map((check) => check.title)
    return `${titles.join(', ')}: ${why}`
  })
  const more = reasons.length - spelledOut
  return [...said, ...(more > 0 ? [`and ${more} more`] : [])].join('; ')
}

/** Null when the value does not say what is wrong: there is none, or it is inside its limit (worse than the old version, say). */
function valueOf({ observed, limit, unit }: Judgement): string | null {
  if (typeof observed !== 'number') return observed
  const isInside = typeof limit === 'number' && observed < limit
  return isInside ? null : formatQuantity(observed, unit)
}

function samples({ samples: count }: Judgement): string {
  return count > 0 ? ` (${count.toLocaleString('en-US')} samples)` : ''
}
