import { z } from 'zod'
import type { CheckKind } from '../core/check.ts'
import { alarms } from './alarms.ts'
import { approval } from './approval.ts'
import { artifact } from './artifact.ts'
import { average } from './average.ts'
import { baseline } from './baseline.ts'
import { burnRate } from './burn-rate.ts'
import { command } from './command.ts'
import { compare } from './compare.ts'
import { confirm } from './confirm.ts'
import { count } from './count.ts'
import { credentials } from './credentials.ts'
import { data } from './data.ts'
import { flag } from './flag.ts'
import { git } from './git.ts'
import { http } from './http.ts'
import { percentile } from './percentile.ts'
import { ratio } from './ratio.ts'
import { spike } from './spike.ts'
import { steady } from './steady.ts'

/** Every check kind: one file each, one line here. Schema, JSON Schema, docs and help read this list. */
export const checkKinds = [
  percentile,
  average,
  ratio,
  count,
  spike,
  steady,
  compare,
  burnRate,
  baseline,
  data,
  alarms,
  http,
  command,
  git,
  credentials,
  artifact,
  flag,
  approval,
  confirm,
] as const

type HasSchema = { readonly schema: z.ZodObject }
type Schemas<T extends readonly HasSchema[]> = { [I in keyof T]: T[I]['schema'] }

// The generic mapped type keeps each schema at its place in the tuple; `map` alone would forget it.
function schemasOf<T extends readonly [HasSchema, ...HasSchema[]]>(kinds: T): Schemas<T> {
  return kinds.map((kind) => kind.schema) as unknown as Schemas<T>
}

export const Check = z.discriminatedUnion('kind', schemasOf(checkKinds))
export type Check = z.infer<typeof Check>

/** Throws when no kind has that name: a plan holds only kinds its schema knew. */
export function checkKind(name: string): CheckKind {
  const found = checkKinds.find((kind) => kind.kind === name)
  if (!found) throw new Error(`no check kind "${name}"`)
  return found
}
