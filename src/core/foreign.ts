import type { EpochMs } from './brand.ts'
import { keys, type Manifest } from './release.ts'
import { youngMs, type ListedObject } from './retention.ts'

/** Keys of a bucket that are neither launch's own, nor the flag document, nor a file of any of these releases. */
export function foreignKeys(
  listed: Iterable<string>,
  releases: readonly Pick<Manifest, 'files'>[],
  flagKey: string | null,
): readonly string[] {
  const ours = new Set(releases.flatMap(({ files }) => files.map(({ path }) => path)))
  return [...listed].filter((key) => !key.startsWith(keys.own) && key !== flagKey && !ours.has(key))
}

/** What stands in the bucket of a site besides its releases and has a use. */
export type OtherUses = {
  readonly flagKey: string | null
  /** Where launches are remembered, when that is in the same bucket. Each ends in a slash. */
  readonly statePrefixes: readonly string[]
  /** Paths that are asked whether the site is well; they may be objects. */
  readonly health: readonly string[]
}

/**
 * The foreign objects that a pruning may remove: what the sheet names, a day old, and of no use that is known. Everything next to
 * the flag document is taken for a flag of another sheet.
 */
export function removableForeign(
  listed: readonly ListedObject[],
  releases: readonly Pick<Manifest, 'files'>[],
  uses: OtherUses,
  order: { readonly isNamed: (key: string) => boolean; readonly now: EpochMs },
): readonly ListedObject[] {
  const { flagKey, statePrefixes, health } = uses
  const flags = flagKey?.slice(0, flagKey.lastIndexOf('/') + 1) ?? ''
  const foreign = new Set(
    foreignKeys(
      listed.map(({ key }) => key),
      releases,
      flagKey,
    ),
  )
  const asked = new Set(health.map((path) => path.replace(/^\//, '')))
  return listed.filter(
    ({ key, at }) =>
      foreign.has(key) &&
      !(flags !== '' && key.startsWith(flags)) &&
      !statePrefixes.some((prefix) => key.startsWith(prefix)) &&
      !asked.has(key) &&
      at !== undefined &&
      order.now - at >= youngMs &&
      order.isNamed(key),
  )
}
