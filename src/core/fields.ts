import { z } from 'zod'
import { parseBytes, parseDuration, parseShare } from './units.ts'

/** zod fields for what people write in a run sheet: quantities with units become plain numbers. Every field describes itself. */

export const Duration = z
  .string()
  .transform((text, context) => {
    const ms = parseDuration(text)
    if (ms !== null) return ms
    context.issues.push({
      code: 'custom',
      input: text,
      message: `"${text}" is not a duration; write a number and ms, s, m, h or d, like 10m`,
    })
    return z.NEVER
  })
  .describe('a duration with its unit: 800ms, 30s, 10m, 3h')

/** `1%` → 0.01. */
export const Share = z
  .string()
  .transform((text, context) => {
    const share = parseShare(text)
    if (share !== null) return share
    context.issues.push({
      code: 'custom',
      input: text,
      message: `"${text}" is not a percentage from 0% to 100%; write it like 1% or 0.5%`,
    })
    return z.NEVER
  })
  .describe('a percentage with its sign: 1%, 0.5%')

/** What every proportion is written as: a text of its own, so that a number in its place can be told what to be. */
export const ProportionText = z.string()

/** Like Share, but more than 100 % is meant: `110%` → 1.1. `what` is what it is a percentage of. */
export function proportionOf(what: string) {
  return ProportionText.transform((text, context) => {
    const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim())
    if (match) return Number(match[1]) / 100
    context.issues.push({
      code: 'custom',
      input: text,
      message: `"${text}" is not a percentage of ${what}; write it like 100% or 110%`,
    })
    return z.NEVER
  }).describe(`a percentage of ${what}: 100%, 110%`)
}

export const Bytes = z
  .string()
  .transform((text, context) => {
    const bytes = parseBytes(text)
    if (bytes !== null) return bytes
    context.issues.push({
      code: 'custom',
      input: text,
      message: `"${text}" is not a size; write a number and B, KB, MB, GB, KiB, MiB or GiB, like 5MB`,
    })
    return z.NEVER
  })
  .describe('a size with its unit: 800KB, 5MB')

/** `10%` → 10. For exposure, where people think in percent; stores deal users in basis points. */
export const Percent = Share.transform((share, context) => {
  const points = share * 10_000
  if (Math.abs(Math.round(points) - points) < 1e-6) return Math.round(points) / 100
  context.issues.push({
    code: 'custom',
    input: share,
    message: `${Number((points / 100).toPrecision(12))}% is finer than 0.01%, the smallest share of users; write such a share`,
  })
  return z.NEVER
}).describe('a percentage of users: 10%, 0.5%')

/** A limit in the metric's unit: durations become milliseconds, bare numbers stay. */
export const Limit = z
  .union([z.number(), z.string()])
  .transform((value, context) => {
    if (typeof value === 'number') return { value, unit: 'count' as const }
    const ms = parseDuration(value)
    if (ms !== null) return { value: ms, unit: 'ms' as const }
    const share = parseShare(value)
    if (share !== null) return { value: share, unit: 'share' as const }
    context.issues.push({
      code: 'custom',
      input: value,
      message: `"${value}" is not a limit; write 800ms, 1% or a plain count`,
    })
    return z.NEVER
  })
  .describe('a limit with its unit: 800ms, 1%, or a plain count')

/** The id of a metric under `metrics:`. That it exists is checked by the loader, which finds ids through a check's needs. */
export const MetricRef = z.string().min(1).describe('id of a metric under metrics:')

/** The id of a gate list under `gates:`. */
export const GateRef = z.string().min(1).describe('id of a list of checks under gates:')

export const Argv = z.array(z.string()).min(1).describe('a command as a list of words; no shell is involved')
