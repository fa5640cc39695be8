/** One look back over a service's error budget: bad of all events, and how long the look was. */
export type BurnWindow = { readonly bad: number; readonly all: number; readonly minutes: number }

/** How fast a budget burns: the bad share over the share the objective allows (1 − objective). Null without events. */
export function burnRate(window: BurnWindow, objective: number): number | null {
  return window.all > 0 ? window.bad / window.all / (1 - objective) : null
}

/**
 * The burn rate at which `budgetShare` of a budget of `periodMinutes` is gone within `windowMinutes`: budgetShare ·
 * period / window. 2 % of 30 days in one hour is 14.4 (Google SRE workbook, "Alerting on SLOs").
 */
export function burnThreshold(budgetShare: number, periodMinutes: number, windowMinutes: number): number {
  return (budgetShare * periodMinutes) / windowMinutes
}

/** Both looks burn at the threshold or faster: the long one says it matters, the short one that it still goes on. */
export function burns(long: BurnWindow, short: BurnWindow, objective: number, threshold: number): boolean {
  return [long, short].every((window) => (burnRate(window, objective) ?? 0) >= threshold)
}
