import { number } from './format.ts'

/** Numbers of a judgement in the digits that calculating them again needs. */

/** Three digits are more than these figures are certain to. */
export function percent(share: number): string {
  return `${Number((share * 100).toPrecision(3))}%`
}

/** A count with all its digits. */
export function whole(count: number): string {
  return number(count, 15)
}

/** ln E: `−1.058`, `4.500`. */
export function log(value: number): string {
  return value.toFixed(3).replace('-', '−')
}

/** Four digits: as many as the next line is calculated from. */
export function percent4(share: number): string {
  return `${Number((share * 100).toPrecision(4))}%`
}
