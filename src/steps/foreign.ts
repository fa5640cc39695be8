import picomatch from 'picomatch'
import type { EpochMs } from '../core/brand.ts'
import { removableForeign, type OtherUses } from '../core/foreign.ts'
import type { KnownRelease, ListedObject } from '../core/retention.ts'

/** Objects of no recorded release that the sheet's globs name; as with the shell's, `*` and `**` match no leading dot. */
export function foreignNamed(
  globs: readonly string[],
  listed: readonly ListedObject[],
  releases: readonly KnownRelease[],
  order: { readonly uses: OtherUses; readonly now: EpochMs },
): readonly ListedObject[] {
  if (globs.length === 0) return []
  // A `!` inverts a glob for picomatch, and one that is inverted names everything else.
  const isNamed = picomatch([...globs], { nonegate: true })
  const manifests = releases.map(({ manifest }) => manifest)
  return removableForeign(listed, manifests, order.uses, { isNamed, now: order.now })
}
