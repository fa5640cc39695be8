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

/** `Error rate: 212 of 300 requests; Alarms: …; and 3 more`: what is not known yet. */
export function unknownReason(checks: readonly CheckResult[]): string {
  const unknown = checks.filter((check) => check.judgement.verdict === 'unknown')
  const more = unknown.length - spelledOut
  return [
    ...unknown.slice(0, spelledOut).map((check) => `${check.title}: ${check.judgement.why}`),
    ...(more > 0 ? [`and ${more} more`] : []),
  ].join('; ')
}

function describe(check: CheckResult): string {
  const { observed, unit, why } = check.judgement
  const value = typeof observed === 'number' ? formatQuantity(observed, unit) : (observed ?? why)
  return `${check.title}: ${value}`
}

function samples(check: CheckResult): string {
  const count = check.judgement.samples
  return count > 0 ? ` (${count.toLocaleString('en-US')} samples)` : ''
}
