import { formatDuration, formatShare } from './units.ts'

/** A number of a judgement as people read it: `812.4ms`, `1.23%`, `12,400`. Milliseconds keep their digits: 799.9 is not 800. */
export function formatQuantity(value: number, unit: string): string {
  switch (unit) {
    case 'ms':
      return value < 10_000 ? `${Number(value.toPrecision(5))}ms` : formatDuration(value)
    case 'share':
      return formatShare(value)
    case 'percent':
      return `${Number(value.toPrecision(5))}%`
    default:
      return formatCount(value)
  }
}

/** 12000 → `12,000`; fractions keep two digits. */
export function formatCount(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

/** `1 minute`, `2 minutes`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
