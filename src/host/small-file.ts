import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs'

/** O_NONBLOCK: opening a pipe must not wait for its writer. */
export const readOnly = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/** Up to this a file is read in one go, without the thread pool: five hops to it take longer than the reading. */
export const smallBytes = 2 ** 18

/**
 * The bytes of a small regular file and what it was when they were read, in a buffer of more than `smallBytes` when there is one; null for whatever is not that, or
 * changes meanwhile: the slower way says what is wrong with it.
 */
export function readSmall(
  path: string,
  buffer?: Uint8Array,
): { readonly body: Uint8Array; readonly found: Stats } | null {
  let file: number
  try {
    file = openSync(path, readOnly)
  } catch {
    return null
  }
  try {
    const found = fstatSync(file)
    const { size } = found
    if (!found.isFile() || size > smallBytes) return null
    // One more than it should be: a file that grows is seen.
    const into = buffer ?? new Uint8Array(size + 1)
    const bytes = readSync(file, into, 0, into.length, 0)
    return bytes === size ? { body: into.subarray(0, bytes), found } : null
  } finally {
    closeSync(file)
  }
}
