export type BoardVariant = 'v1' | 'v2'
export type EventName = 'board-load' | 'drawer-open' | 'move' | 'occ-conflict' | 'error'
export type Beacon = (event: EventName, ms?: number) => void

/** Sends what happened without waiting for it; a beacon that is lost is lost. */
export function beaconOf(variant: () => BoardVariant): Beacon {
  return (event, ms) => {
    const body = JSON.stringify({ event, variant: variant(), ...(ms === undefined ? {} : { ms: Math.round(ms) }) })
    try {
      navigator.sendBeacon('/api/events', new Blob([body], { type: 'application/json' }))
    } catch {
      // Refused by the browser: the board matters more than its telemetry.
    }
  }
}
