import type { ReleaseFile } from '../core/release.ts'

/** What may be under way at once. A file counts with its size, however large a part of it is in memory. */
export type AtOnce = { readonly files: number; readonly bytes: number }

/** Copies and control calls: each is an answer to wait for. */
const fewAtOnce: AtOnce = { files: 16, bytes: 32 * 2 ** 20 }

/** What an edge is asked for: it is there to be asked by many. */
export const fetchesAtOnce: AtOnce = { files: 64, bytes: 32 * 2 ** 20 }

/** Uploads: the adapter finds out how many of them the bucket takes; the bytes bound what is in memory. */
export const uploadsAtOnce: AtOnce = { files: 128, bytes: 32 * 2 ** 20 }

/**
 * Runs the work on every file, in order, as many together as may be; a file larger than all the bytes goes alone. The first
 * failure stops the rest: when this rejects nothing is under way any more, so that a write cannot land behind the back of a restore.
 */
export async function eachFile<File extends Pick<ReleaseFile, 'bytes'>>(
  files: readonly File[],
  work: (file: File) => Promise<void>,
  atOnce: AtOnce = fewAtOnce,
): Promise<void> {
  const queue = files.values()
  const waiting: (() => void)[] = []
  let bytes = 0
  let failed = false
  const place = async (file: File) => {
    while (bytes > 0 && bytes + file.bytes > atOnce.bytes && !failed)
      await new Promise<void>((resolve) => waiting.push(resolve))
    bytes += file.bytes
  }
  const leave = (file: File) => {
    bytes -= file.bytes
    for (const wake of waiting.splice(0)) wake()
  }
  const worker = async () => {
    for (const file of queue) {
      await place(file)
      if (failed) return
      try {
        await work(file)
      } catch (error) {
        failed = true
        throw error
      } finally {
        leave(file)
      }
    }
  }
  const ends = await Promise.allSettled(Array.from({ length: Math.min(atOnce.files, files.length) }, worker))
  const first = ends.find((end) => end.status === 'rejected')
  if (first) throw first.reason
}
