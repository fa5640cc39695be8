import type { EpochMs } from '../core/brand.ts'
import { formatDuration } from '../core/units.ts'

/** AWS refuses requests that are signed a quarter of an hour off; bakes and windows are wrong long before. */
const skewMs = 5 * 60_000

/** Compares the clock of this machine with what AWS answers, and says once when they are far apart. */
export function skewWarning(now: () => EpochMs, warn: (line: string) => void): (server: EpochMs) => void {
  let said = false
  return (server) => {
    const byMs = now() - server
    if (said || Math.abs(byMs) <= skewMs) return
    said = true
    const minutes = formatDuration(Math.round(Math.abs(byMs) / 60_000) * 60_000)
    warn(
      `the clock of this machine is ${minutes} ${byMs > 0 ? 'ahead of' : 'behind'} AWS: set it (NTP), windows and bakes go by it and AWS refuses requests that are 15m off`,
    )
  }
}
