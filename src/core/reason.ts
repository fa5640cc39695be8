import type { CheckResult } from './event.ts'
import { formatQuantity } from './quantity.ts'

/** `board-load p95 < 800ms: 1,240ms at 30 % (2,104 samples)`: which check failed, with what value, where. */
export function failureReason(checks: readonly CheckResult[], stagePercent: number | null): string {
  const failing = checks.filter((check) => check.judgement.verdict === 'fail')
  return failing
    .map((check) => `${describe(check)}${stagePercent === null ? '' : ` at ${stagePercent} %`}${samples(check)}`)
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

function describe(check: CheckResult): string {
  const { observed, limit, unit, why } = check.judgement
  // A value that is inside its limit does not say what is wrong with it: worse than the old version, say.
  const isInside = typeof observed === 'number' && typeof limit === 'number' && observed < limit
  const value =
    typeof observed === 'number' && !isInside ? formatQuantity(observed, unit) : isInside ? why : (observed ?? why)
  return `${check.title}: ${value}`
}

function samples(check: CheckResult): string {
  const count = check.judgement.samples
  return count > 0 ? ` (${count.toLocaleString('en-US')} samples)` : ''
}
