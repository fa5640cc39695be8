import type { LaunchFacts } from '../core/check.ts'

/** Why a metric is not in the baseline: it had no data then, or it could not be read and is asked for again at the next look. */
export function lackingBaseline(metric: string, { baseline, baselineMissing }: LaunchFacts): string {
  if (baseline === null) return 'no baseline was captured when the launch opened'
  const why = baselineMissing?.[metric]
  return why === undefined ? `the baseline has no ${metric}` : `no baseline of ${metric}: ${why}`
}
