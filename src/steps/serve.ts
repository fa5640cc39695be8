import { lookup } from 'mrmime'
import picomatch from 'picomatch'
import type { FileEntry } from '../core/ports.ts'
import type { FileClass, ReleaseFile } from '../core/release.ts'

const cacheControls = {
  /** The name changes with the content: may be kept for ever. */
  immutable: 'public, max-age=31536000, immutable',
  /** Same name, new content: browsers ask again soon, the CDN sooner. */
  mutable: 'public, max-age=60, s-maxage=10',
  /** The commit point of a release: browsers always ask, the CDN keeps it for seconds, so an invalidation only speeds it up. */
  html: 'public, max-age=0, s-maxage=10, must-revalidate',
} as const satisfies Record<FileClass, string>

/** How each file of a build is served: its class, content type and cache-control. */
export function asReleaseFiles(files: readonly FileEntry[], immutable: readonly string[]): readonly ReleaseFile[] {
  const isImmutable = immutable.length === 0 ? () => false : picomatch([...immutable])
  return files.map((file) => {
    const fileClass: FileClass = /\.html?$/.test(file.path) ? 'html' : isImmutable(file.path) ? 'immutable' : 'mutable'
    return { ...file, class: fileClass, contentType: contentTypeOf(file.path), cacheControl: cacheControls[fileClass] }
  })
}

/** With a charset for text: S3 would serve `binary/octet-stream` otherwise, and browsers refuse modules of that type. */
export function contentTypeOf(path: string): string {
  const type = lookup(path) ?? 'application/octet-stream'
  return /^text\/|\/(json|javascript|xml|manifest\+json)$|\+xml$/.test(type) ? `${type}; charset=utf-8` : type
}
