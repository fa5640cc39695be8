/** Events in one stretch of time, among how many there could have been (1 each where nobody counts them). */
export type Stretch = { readonly events: number; readonly among: number }

/** φ of ordinary counters before any is known, and the stretches that this belief weighs; statistics.md §2 c. */
export const usualDispersion = 0.1
const priorStretches = 10
/** With fewer stretches than these nothing is said. */
export const fewestStretches = 12

/**
 * φ of counts whose variance is mean + φ·mean² (the negative binomial's, size 1/φ), by moments, drawn to 0.1:
 * φ = ((m−1)·max(0, (s² − p)/μ²) + 10·0.1) / (m−1+10), where the m counts are scaled to the mean number of events they are among,
 * μ is their mean (at least half an event over all of them), s² their variance (m−1) and p = μ·mean(scale) what Poisson counts would have; with equal
 * numbers of events p = μ. The estimator by moments is that of Bliss and Fisher, Biometrics 9 (1953).
 *
 * The hour with the greatest count is left out: one incident a week ago would otherwise hide every spike of today. On clean counts
 * this lowers φ by a tenth or so; what that costs in false alarms is in docs/decisions/016.
 *
 * @returns null with fewer than 12 stretches left
 */
export function countDispersion(hours: readonly (readonly Stretch[])[]): {
  readonly dispersion: number | null
  readonly stretches: number
} {
  const known = hours.map((hour) => hour.filter(({ among }) => among > 0))
  const loudest = known.map((hour) => Math.max(0, ...hour.map(({ events, among }) => events / among)))
  const worst = loudest.indexOf(Math.max(...loudest))
  const kept = known.filter((_, index) => index !== worst).flat()
  const m = kept.length
  if (m < fewestStretches) return { dispersion: null, stretches: m }

  const usual = mean(kept.map(({ among }) => among))
  const counts = kept.map(({ events, among }) => (events * usual) / among)
  const mu = Math.max(mean(counts), 0.5 / m)
  const around = mean(counts)
  const variance = counts.reduce((sum, count) => sum + (count - around) ** 2, 0) / (m - 1)
  const poisson = mu * mean(kept.map(({ among }) => usual / among))
  const excess = Math.max(0, (variance - poisson) / (mu * mu))
  const dispersion = ((m - 1) * excess + priorStretches * usualDispersion) / (m - 1 + priorStretches)
  return { dispersion, stretches: m }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
