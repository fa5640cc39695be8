import { epochMs, type EpochMs } from '../core/brand.ts'

const localPattern = /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2}))?$/
const dayMs = 86_400_000

/** `2026-12-01T18:00` as if it were UTC, in ms; null when the text is no local date-time or no such day exists. */
export function parseLocal(text: string): number | null {
  const match = localPattern.exec(text)
  if (!match) return null
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0))
  const at = new Date(Date.UTC(year, month - 1, day, hour, minute, second))
  // Date.UTC rolls 30 February over to March and hour 25 to the next day: such a text names no time.
  const same =
    at.getUTCMonth() === month - 1 &&
    at.getUTCDate() === day &&
    at.getUTCHours() === hour &&
    at.getUTCMinutes() === minute
  return same && second < 60 ? at.getTime() : null
}

/** Whether the runtime knows this IANA zone by name; bare offsets like `+05:00` are refused: they know no summer time. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Za-z]/.test(name)) return false
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false // RangeError: not a zone
  }
}

/**
 * The instant at which clocks in `zone` show `local` (ms of the wall time read as UTC, from parseLocal). A wall time that
 * comes twice (clocks go back) is the first of the two; one that is skipped (clocks go forward) is moved on by the gap:
 * the rule of RFC 5545 §3.3.5 and of Temporal's `compatible`.
 */
export function instantOf(local: number, zone: string): EpochMs {
  const before = offsetAt(local - dayMs, zone)
  const after = offsetAt(local + dayMs, zone)
  const first = [local - before, local - after]
    .filter((instant) => instant + offsetAt(instant, zone) === local)
    .sort((a, b) => a - b)[0]
  return epochMs(first ?? local - before)
}

/** How far clocks in the zone are ahead of UTC at an instant, in ms. */
function offsetAt(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(instant)
  const read = (type: Intl.DateTimeFormatPartTypes) => Number(parts.find((part) => part.type === type)?.value)
  const wall = Date.UTC(read('year'), read('month') - 1, read('day'), read('hour'), read('minute'), read('second'))
  return wall - Math.floor(instant / 1000) * 1000
}
