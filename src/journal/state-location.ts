import { LaunchError } from '../core/errors.ts'
import { withoutTrailing } from '../core/without-trailing.ts'

/** Where launches are remembered: `file:.launch` or `s3://bucket/prefix`. */
export type StateLocation =
  | { readonly kind: 'file'; readonly path: string }
  | {
      readonly kind: 's3'
      readonly bucket: string
      /** Without slashes at its ends; may be empty. */ readonly prefix: string
    }

const bucketName = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/

/** Throws LaunchError USAGE, naming what is wrong. */
export function parseStateLocation(text: string): StateLocation {
  const file = /^file:(?:\/\/)?(.+)/s.exec(text)
  if (file?.[1] !== undefined) return { kind: 'file', path: file[1] }
  const s3 = /^s3:\/\/([^/]+)(?:\/(.*))?/s.exec(text)
  if (s3?.[1] === undefined) {
    throw new LaunchError('USAGE', `the state location "${text}" is neither a file: nor an s3:// address`, {
      hint: 'write file:.launch or s3://bucket/prefix',
    })
  }
  const [, bucket, rest = ''] = s3
  if (!bucketName.test(bucket)) {
    throw new LaunchError('USAGE', `"${bucket}" in the state location ${text} is no S3 bucket name`, {
      hint: 'write s3://bucket/prefix',
    })
  }
  return { kind: 's3', bucket, prefix: withoutTrailing('/', rest.replace(/^\/+/, '')) }
}

export function formatStateLocation(location: StateLocation): string {
  if (location.kind === 'file') return `file:${location.path}`
  return location.prefix === '' ? `s3://${location.bucket}` : `s3://${location.bucket}/${location.prefix}`
}
