import type { Audience } from './audience.ts'
import type { EpochMs, Version } from './brand.ts'

/** What the flag says, apart from the format a store writes it in. */
export type FlagState = {
  readonly key: string
  /** Users who get the new version, 0–100 in steps of 0.01; `audience` may hold some of them back. */
  readonly percent: number
  /** Absent when users are dealt by the share alone, and at 0 %. */
  readonly audience?: Audience
  /** Rises with every raise: max(previous + 1, now in ms). */
  readonly serial: number
  /** Unique per write: kills ABA and says whose write it was. */
  readonly writeId: string
  /** A latched flag stays off until a document acknowledges this writeId; set by a rollback. */
  readonly latched: boolean
  /** writeIds of latches this document acknowledges. */
  readonly acks: readonly string[]
  readonly launch: string | null
  readonly updatedAt: EpochMs
  readonly updatedBy: string
  readonly reason: string
}

export type FlagReading =
  | { readonly status: 'present'; readonly flag: FlagState; readonly version: Version }
  | { readonly status: 'absent' }
  /** Something is there that launch did not write or cannot read. */
  | { readonly status: 'malformed'; readonly why: string; readonly version: Version }

/** A change that users were still not served when the budget of its store was spent. Times in ms since it was acknowledged. */
export type LateFlag = {
  readonly percent: number
  /** When something older was last seen through the CDN. */
  readonly servedMs: number
  readonly budgetMs: number
  /** The headers that came with it, as `cacheText` says them. */
  readonly headers: string
}

/**
 * Whether `next` may replace `current`: a latched document wins over any unlatched one whatever its serial; only a
 * document whose `acks` names that latch's writeId replaces it.
 */
export function mayReplace(current: FlagState, next: FlagState): boolean {
  if (current.latched) return next.latched || next.acks.includes(current.writeId)
  return next.latched || next.serial > current.serial
}
