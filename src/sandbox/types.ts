import type { EpochMs } from '../core/brand.ts'

/** A request as it came over the wire, body read whole. */
export type WireRequest = {
  readonly method: string
  /** Path without the query, still percent-encoded. */
  readonly path: string
  readonly query: URLSearchParams
  /** Lower-case names. */
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array
  /** AWS account of the access key that signed it (see MODEL.md), or null when unsigned. */
  readonly account: string | null
}

export type WireResponse = {
  readonly status: number
  readonly headers: { readonly [name: string]: string }
  readonly body: Uint8Array | string
}

/** One part of the endpoint: answers a request or returns null when it is not its own. */
export type Service = (request: WireRequest, world: World) => Promise<WireResponse | null>

/** A site of the run sheet as the sandbox plays it. */
export type Site = {
  readonly environment: string
  readonly account: string
  readonly region: string
  readonly bucket: string
  readonly distribution: string
  /** The address in the run sheet, without a trailing slash: requests for it are routed here. */
  readonly url: string
  /** Path of the flag document on the site, `/flags/status-board-v2.json`. */
  readonly flagPath: string
}

export type Exposed = {
  /** Users who are served the new version, 0–1. */
  readonly share: number
  /** The same before a holdback is taken from it: 1 at the last stage, though not everybody gets the new version. */
  readonly stage: number
}

/** In force from `at` on. */
export type Exposure = Exposed & { readonly at: EpochMs }

/** What the traffic model may know of the world. */
export type World = {
  readonly seed: number
  readonly scenario: string
  readonly sites: readonly Site[]
  /** The sheet's metrics: the traffic model publishes those it can play under the sheet's own names and dimensions. */
  readonly metrics: { readonly [id: string]: SandboxMetric }
  readonly alarms: readonly string[]
  /** Virtual now: never goes back, persisted. */
  now(): EpochMs
  /** When this world's clock started. */
  readonly startedAt: EpochMs
  /** Flag history of a site from its objects: oldest first; empty means nobody was ever exposed. */
  exposure(environment: string): readonly Exposure[]
  /** When index.html of a site was last replaced by a release, oldest first. */
  releases(environment: string): readonly { readonly at: EpochMs; readonly etag: string }[]
  /** Durable log of things that were put (PutMetricData, alarms, app edits); survives the process. */
  append(kind: string, record: unknown): void
  records(kind: string): readonly unknown[]
}

export type SandboxMetric = {
  readonly namespace: string
  readonly name: string
  /** `${environment}` inside. */
  readonly dimensions: { readonly [name: string]: string }
  readonly variant: { readonly dimension: string; readonly canary: string; readonly control: string } | null
  readonly lagMs: number
}
