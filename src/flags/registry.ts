import { z } from 'zod'
import type { FlagStore } from '../core/ports.ts'
import type { FlagPlan } from '../core/plan.ts'
import type { FlagPorts } from './define.ts'
import { file } from './file.ts'
import { launchdarkly } from './launchdarkly.ts'
import { s3 } from './s3.ts'
import { ssm } from './ssm.ts'
import { unleash } from './unleash.ts'

/** Every flag store: one file each, one line here. Schema, JSON Schema, docs and help read this list. */
export const flagStores = [s3, file, ssm, launchdarkly, unleash] as const

type HasSchema = { readonly schema: z.ZodObject }
type Schemas<T extends readonly HasSchema[]> = { [I in keyof T]: T[I]['schema'] }

// The generic mapped type keeps each schema at its place in the tuple; `map` alone would forget it.
function schemasOf<T extends readonly [HasSchema, ...HasSchema[]]>(kinds: T): Schemas<T> {
  return kinds.map((kind) => kind.schema) as unknown as Schemas<T>
}

export const FlagStoreSpec = z.discriminatedUnion('kind', schemasOf(flagStores))
export type FlagStoreSpec = z.infer<typeof FlagStoreSpec>

/** The kind of a plan's store. Throws when no store has that name, as `openFlagStore` does. */
export function flagStoreKind(flag: FlagPlan): (typeof flagStores)[number] {
  const found = flagStores.find((store) => store.kind === flag.store.kind)
  if (!found) throw new Error(`no flag store "${flag.store.kind}"`)
  return found
}

/** Throws when no store has that name: a plan holds only kinds its schema knew. */
export function openFlagStore(flag: FlagPlan, ports: FlagPorts): FlagStore {
  return flagStoreKind(flag).open(flag.store, flag.key, ports)
}
