import type { Stats } from 'node:fs'
import type { Sha256 } from '../core/brand.ts'

/** File systems with the coarsest times keep two seconds (FAT); a write within them may leave no trace in the times. */
const coarsestMs = 2000

type Known = Pick<Stats, 'dev' | 'ino' | 'size' | 'mtimeMs' | 'ctimeMs'> & { readonly sha256: Sha256 }

/**
 * Hashes of files this process has read, by path. A file that is still the same by device, number, size and both times need not be read
 * again, unless it was written so shortly before that another write could have the same time: git's rule for its index
 * (Documentation/technical/racy-git.txt). Owns its memory.
 */
export class KnownHashes {
  readonly #known = new Map<string, Known>()

  /** `found`: the file as it was before its bytes were read; `at`: the time then. */
  learn(path: string, found: Stats, sha256: Sha256, at: number): void {
    const { dev, ino, size, mtimeMs, ctimeMs } = found
    if (Math.max(mtimeMs, ctimeMs) > at - coarsestMs) this.#known.delete(path)
    else this.#known.set(path, { dev, ino, size, mtimeMs, ctimeMs, sha256 })
  }

  /** The hash and size of a file, or null when it has to be read. */
  of(path: string, look: () => Stats | undefined): { readonly sha256: Sha256; readonly bytes: number } | null {
    const known = this.#known.get(path)
    if (!known) return null
    const found = look()
    const isSame =
      found !== undefined &&
      found.isFile() &&
      known.size === found.size &&
      known.mtimeMs === found.mtimeMs &&
      known.ctimeMs === found.ctimeMs &&
      known.ino === found.ino &&
      known.dev === found.dev
    return isSame ? { sha256: known.sha256, bytes: known.size } : null
  }
}
