import type { FlagPlan } from '../core/plan.ts'

/** Services that the sandbox has none of. */
const elsewhere = new Set(['launchdarkly', 'unleash'])

/** Where the sandbox's app reads a flag that is no file of the site. */
export const playedFlagPath = '/flags/flag.json'

/**
 * The flag store as the sandbox has it: nothing real may change, so a flag service is played by a document of the site, which
 * the played users read.
 */
export function playedFlag(flag: FlagPlan): FlagPlan {
  return elsewhere.has(flag.store.kind) ? { ...flag, store: playedStore } : flag
}

const playedStore: { readonly kind: string; readonly path: string; readonly ttl: number } = {
  kind: 's3',
  path: playedFlagPath,
  ttl: 5000,
}
