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
  // Most counts are whole: they need no locale, which costs a hundred times as much as their digits.
  if (Number.isInteger(value) && value < 1_000_000 && (value > 0 || Object.is(value, 0))) return inThousands(value)
  return value.toLocaleString('en-US', { maximumFractionDigits: 2 })
}

function inThousands(value: number): string {
  return value < 1000 ? String(value) : `${Math.floor(value / 1000)},${String(value % 1000).padStart(3, '0')}`
}

/** `1 minute`, `2 minutes`. */
export function plural(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`
}
