import type { Audience } from '../core/audience.ts'
import type { FlagState } from '../core/flag.ts'
import { launchBlock } from './launch-block.ts'
import { exposedPoints, whole } from './points.ts'

/**
 * The flag as a flagd/OpenFeature document with a `launch` block. The default variant is always `off`, so whatever cannot
 * evaluate the targeting serves the old version; exposure is `fractional` in basis points (flagd takes integers only), `on`
 * first, salted with the flag key (flagd's default), so users who are on stay on when the share grows. 0 % has no targeting;
 * 100 % is 10000 of 10000, which no bucket escapes. Users who are named stand before the share; at 0 % there is nothing to
 * stand before. Free of zod: an emergency rollback writes and reads it first thing.
 */
export function writeFlagDocument(flag: FlagState): string {
  const on = exposedPoints(flag)
  const targeting = on === 0 ? {} : { targeting: targetingOf(on, flag.audience) }
  const document = {
    $schema: 'https://flagd.dev/schema/v0/flags.json',
    flags: {
      [flag.key]: { state: 'ENABLED', variants: { on: true, off: false }, defaultVariant: 'off', ...targeting },
    },
    launch: launchBlock(flag),
  }
  return `${JSON.stringify(document, null, 2)}\n`
}

/** `if` takes pairs of a condition and what then is served, and at last what else is. */
function targetingOf(on: number, audience: Audience | undefined): object {
  const fractional = [
    ['on', on],
    ['off', whole - on],
  ]
  const { exclude = [], include = [] } = audience ?? {}
  const named = [...listed(exclude, 'off'), ...listed(include, 'on')]
  return named.length === 0 ? { fractional } : { if: [...named, { fractional }] }
}

function listed(users: readonly string[], variant: 'on' | 'off'): readonly unknown[] {
  return users.length === 0 ? [] : [{ in: [{ var: 'targetingKey' }, users] }, variant]
}
