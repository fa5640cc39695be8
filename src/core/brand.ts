declare const brand: unique symbol
type Branded<T, Name extends string> = T & { readonly [brand]: Name }

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type EpochMs = Branded<number, 'EpochMs'>
/** Names one launch: sortable by time, unique. */
export type LaunchId = Branded<string, 'LaunchId'>
/** Opaque version of a stored object (an S3 ETag, a generation); only ever compared for equality. */
export type Version = Branded<string, 'Version'>
/** Lower-case hex SHA-256. */
export type Sha256 = Branded<string, 'Sha256'>

// The four constructors below are the only casts to these types: what they are handed is checked by its caller.
export const epochMs = (ms: number): EpochMs => ms as EpochMs
export const launchId = (id: string): LaunchId => id as LaunchId
export const version = (text: string): Version => text as Version
export const sha256Hex = (hex: string): Sha256 => hex as Sha256

/** ISO 8601 in UTC with seconds: `2026-12-01T18:00:00Z`. */
export function isoTime(at: EpochMs): string {
  return new Date(at).toISOString().replace(/\.\d{3}Z$/, 'Z')
}
