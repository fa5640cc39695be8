import type { Clock } from '../core/ports.ts'
import type { ReleaseFile } from '../core/release.ts'

/** Shorter uploads end before anybody has read about them. */
const quietMs = 1500
const everyMs = 250

/** Told of each file that is there, says how far the upload is: `uploading: 812 of 2000 files, 4.1 of 11.7 MB, 9.0 MB/s, 2 s left`. */
export function uploadProgress(
  files: readonly ReleaseFile[],
  clock: Pick<Clock, 'monotonicMs'>,
  say: (text: string) => void,
): (file: ReleaseFile) => void {
  const total = files.reduce((sum, { bytes }) => sum + bytes, 0)
  const startedAt = clock.monotonicMs()
  let [count, bytes, saidAt] = [0, 0, startedAt]
  return (file) => {
    count += 1
    bytes += file.bytes
    const now = clock.monotonicMs()
    const ms = now - startedAt
    if (ms < quietMs || now - saidAt < everyMs) return
    saidAt = now
    const perMs = bytes / ms
    const left = perMs > 0 ? Math.ceil((total - bytes) / perMs / 1000) : null
    say(
      `uploading: ${count} of ${files.length} files, ${mb(bytes)} of ${mb(total)} MB, ${mb(perMs * 1000)} MB/s${left === null ? '' : `, ${left} s left`}`,
    )
  }
}

function mb(bytes: number): string {
  return (bytes / 1e6).toFixed(1)
}
