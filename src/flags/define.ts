import { z } from 'zod'
import type { FlagStore, Files, Http, HttpApi, ObjectStore, Parameters, StateStore } from '../core/ports.ts'

/** What a flag store may use. */
export type FlagPorts = {
  /** A bucket by name; null is the environment's own. */
  readonly objects: (bucket: string | null) => ObjectStore
  readonly http: Http
  /** Name of the environment in the run sheet. */
  readonly environment: string
  /** Without a trailing slash. */
  readonly siteUrl: string
  readonly files: Files
  /** Where a store without versions of its own keeps them: a folder of this project. */
  readonly versions: StateStore
  /** For a flag service's own API. */
  readonly api: HttpApi
  /** The value of an environment variable that holds a token; null when it is not set. Never written anywhere. */
  readonly secret: (name: string) => string | null
  /** The parameters of the environment's account and region. */
  readonly parameters: Parameters
}

type Shape = z.core.$ZodLooseShape
type SpecOf<S extends Shape> = z.infer<z.ZodObject<S, z.core.$strict>>

export type FlagStoreDefinition<K extends string, S extends Shape> = {
  readonly kind: K
  /** One sentence: where the flag lives and how it reaches users. */
  readonly about: string
  /** A value of `store:` that is valid. */
  readonly example: string
  /** Whether it compares and sets; one that does not is refused in `auto`. */
  readonly cas: boolean
  /** Who deals users: `flagd` by the document, or the service's own SDKs in their own way. */
  readonly dealtBy: 'flagd' | 'service'
  readonly shape: S
  /** The smallest step of a percent that its stores can say, where that is more than 0.01. */
  readonly finest?: number
  /** Bytes of user ids, as JSON, that its document has room for; absent without a limit. */
  readonly room?: number
  open(spec: SpecOf<S>, flagKey: string, ports: FlagPorts): FlagStore
}

/** `${environment}` filled in: one flag.store: speaks of every environment. */
export function inEnvironment(text: string, environment: string): string {
  return text.replaceAll('${environment}', environment)
}

/** A parsed store spec; only its kind reads more than the name. */
export type OpaqueStoreSpec = { readonly kind: string }

/**
 * Makes a flag store kind. The cast is sound because the registry hands a spec only to the kind whose schema parsed it
 * (directly, or into the plan that was stored).
 */
export function defineFlagStore<const K extends string, S extends Shape>(definition: FlagStoreDefinition<K, S>) {
  const { kind, about, example, cas, dealtBy, finest, room } = definition
  return {
    kind,
    about,
    example,
    cas,
    dealtBy,
    ...(finest === undefined ? {} : { finest }),
    ...(room === undefined ? {} : { room }),
    schema: z.strictObject({ kind: z.literal(kind).describe(about), ...definition.shape }),
    open: (spec: OpaqueStoreSpec, flagKey: string, ports: FlagPorts): FlagStore =>
      definition.open(spec as unknown as SpecOf<S>, flagKey, ports),
  }
}
