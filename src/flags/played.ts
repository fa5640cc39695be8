import type { FlagPlan } from '../core/plan.ts'

/** Where the sandbox's app reads a flag that is no file of the site. */
export const playedFlagPath = '/flags/flag.json'

/**
 * The flag store as the sandbox has it: nothing real may change, a file of this project among it, so whatever is no document of
 * the site is played by one, which the played users read.
 */
export function playedFlag(flag: FlagPlan): FlagPlan {
  return flag.store.kind === 's3' ? flag : { ...flag, store: playedStore }
}

const playedStore: { readonly kind: string; readonly path: string; readonly ttl: number } = {
  kind: 's3',
  path: playedFlagPath,
  ttl: 5000,
}
