import { plural } from '../core/quantity.ts'
import type { DeployDiff, ReleaseFile } from '../core/release.ts'
import { safeText } from './text.ts'

/** What `launch deploy --dry-run` would change in a bucket, file by file: `+` new, `~` other content or headers, `!` drifted. */
export function diffLines(diff: DeployDiff, bucket: string): readonly string[] {
  const { added, changed, drifted, retired, foreign, adopted } = diff
  const sent = [...added, ...changed, ...drifted]
  const bytes = sent.reduce((total, file) => total + file.bytes, 0)
  const row = (sign: string) => (file: ReleaseFile) =>
    `  ${sign} ${safeText(file.path)}  ${file.bytes} bytes, ${file.class}, ${safeText(file.contentType)}, ${safeText(file.cacheControl)}`
  return [
    `s3://${safeText(bucket)}: ${safeText(diff.live ?? 'no release of launch')} -> ${safeText(diff.release)}`,
    ...added.map(row('+')),
    ...changed.map(row('~')),
    ...drifted.map(row('!')),
    ...retired.map((path) => `  = ${safeText(path)}  stays for those who have the release before open`),
    ...(adopted.length > 0
      ? [`  ${plural(adopted.length, 'object')} there now would be adopted first, and be release zero`]
      : []),
    ...(foreign.length > 0 && adopted.length === 0
      ? [`  ${plural(foreign.length, 'object')} of others are left alone, ${safeText(foreign[0] ?? '')} for one`]
      : []),
    `${plural(sent.length, 'file')} to publish (${(bytes / 1e6).toFixed(1)} MB), ${diff.unchanged} unchanged`,
  ]
}
