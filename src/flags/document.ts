import type { FlagState } from '../core/flag.ts'
import { launchBlock } from './launch-block.ts'

/**
 * The flag as a flagd/OpenFeature document with a `launch` block. The default variant is always `off`, so whatever cannot
 * evaluate the targeting serves the old version; exposure is `fractional` in basis points (flagd takes integers only), `on`
 * first, salted with the flag key (flagd's default), so users who are on stay on when the share grows. 0 % has no targeting;
 * 100 % is 10000 of 10000, which no bucket escapes. Free of zod: an emergency rollback writes and reads it first thing.
 */
export function writeFlagDocument(flag: FlagState): string {
  const on = basisPoints(flag.percent)
  const targeting =
    on === 0
      ? {}
      : {
          targeting: {
            fractional: [
              ['on', on],
              ['off', whole - on],
            ],
          },
        }
  const document = {
    $schema: 'https://flagd.dev/schema/v0/flags.json',
    flags: {
      [flag.key]: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', ...targeting },
    },
    launch: launchBlock(flag),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** 10000 basis points are everybody. */
export const whole = 10_000

/** Throws on a percent outside 0–100 or finer than 0.01: the run sheet's schema admits neither. */
export function basisPoints(percent: number): number {
  const points = Math.round(percent * 100)
  const exact = Math.abs(points - percent * 100) < 1e-6
  if (!exact || points < 0 || points > whole) throw new RangeError(`${percent} % cannot be said in basis points`)
  return points
}
