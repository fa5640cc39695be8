import type { EpochMs } from '../core/brand.ts'
import type { Actor } from '../core/event.ts'
import { nameOf } from '../core/person.ts'
import { formatCount, plural } from '../core/quantity.ts'
import { formatDuration } from '../core/units.ts'
import type { Judgement } from '../core/verdict.ts'
import { safeText } from './text.ts'

/** A number with thousands separators and about so many significant digits; whole numbers keep all of theirs. */
export function number(value: number, digits = 4): string {
  if (!Number.isFinite(value)) return 'not a number'
  if (Number.isInteger(value)) return formatCount(value)
  const whole = value === 0 ? 1 : Math.floor(Math.log10(Math.abs(value))) + 1
  const fraction = Math.min(20, Math.max(0, digits - whole))
  return value.toLocaleString('en-US', { maximumFractionDigits: fraction })
}

/** `412ms`, `0.12%`, `4,210`, `30%`, `12.5 rps`; a dash for nothing. `share` is 0–1, `percent` 0–100, `ms` milliseconds. */
export function quantity(value: number | string | null, unit: string, digits = 4): string {
  if (value === null) return '–'
  if (typeof value === 'string') return safeText(value)
  switch (unit) {
    case 'ms':
      return value >= 60_000 ? formatDuration(value) : `${number(value, digits)}ms`
    case 'share':
      return `${number(value * 100, digits)}%`
    case 'percent':
      return `${number(value, digits)}%`
    case 'count':
    case '':
      return number(value, digits)
    default:
      return `${number(value, digits)} ${safeText(unit)}`
  }
}

type Measured = Pick<Judgement, 'observed' | 'limit' | 'unit'>

/**
 * Observed beside its limit: `412ms < 800ms`, `1.4% > 1%`. The sign is what the two numbers are to each other, so the line
 * is always true by itself; digits are added until unequal numbers look unequal.
 */
export function measure({ observed, limit, unit }: Measured): string {
  if (observed === null) return limit === null ? '' : `no value (limit ${quantity(limit, unit)})`
  if (limit === null) return quantity(observed, unit)
  if (typeof observed === 'string' || typeof limit === 'string') {
    return `${quantity(observed, unit)} (wanted ${quantity(limit, unit)})`
  }
  const digits = digitsThatTell(observed, limit, unit)
  const sign = observed < limit ? '<' : observed > limit ? '>' : '='
  return `${quantity(observed, unit, digits)} ${sign} ${quantity(limit, unit, digits)}`
}

function digitsThatTell(a: number, b: number, unit: string): number {
  let digits = 4
  while (a !== b && digits < 15 && quantity(a, unit, digits) === quantity(b, unit, digits)) digits += 1
  return digits
}

/** `4,210 samples`; empty for none, which many kinds of evidence do not count. */
export function sampleCount(samples: number): string {
  return samples === 0 ? '' : plural(samples, 'sample')
}

/** `18:04:12Z` */
export function clockTime(at: number): string {
  return `${new Date(at).toISOString().slice(11, 19)}Z`
}

/** `2026-12-01` in UTC. */
export function utcDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

/** `2026-12-01 18:04:12Z` */
export function dateTime(at: number): string {
  return `${utcDate(at)} ${clockTime(at)}`
}

/** `2026-12-01 12:04` in an IANA zone; in UTC when the zone is unknown to this machine. */
export function localTime(at: number, timezone: string): string {
  const options = {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  } as const
  const parts = new Map(
    zoned(timezone, options)
      .formatToParts(at)
      .map((part) => [part.type, part.value]),
  )
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  return `${get('year')}-${get('month')}-${get('day')} ${get('hour')}:${get('minute')}`
}

function zoned(timezone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-US', { ...options, timeZone: timezone })
  } catch (error) {
    if (error instanceof RangeError) return new Intl.DateTimeFormat('en-US', { ...options, timeZone: 'UTC' })
    throw error
  }
}

/** A person or machine by name; roles that a sandbox scenario plays are marked as played. */
export function who(name: string): string {
  return identity(nameOf(name))
}

/** The same with the mail address, for the record of who signed and who opened. */
export function identity(name: string): string {
  const played = /^sandbox:(.+)$/.exec(name)
  return played ? `${safeText(played[1] ?? '')} (played by the sandbox)` : safeText(name)
}

/** `Jesus Ortiz on ci-7 (run 4711)` */
export function whoAndWhere(actor: Actor): string {
  const run = actor.run === null ? '' : ` (run ${safeText(actor.run)})`
  return `${who(actor.name)} on ${safeText(actor.host)}${run}`
}

/** The first seven characters of a commit or hash. */
export function short(hash: string): string {
  return safeText(hash).slice(0, 7)
}

export function elapsed(from: EpochMs | number, to: EpochMs | number): string {
  return formatDuration(Math.max(0, to - from))
}
