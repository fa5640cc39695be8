/** The flag document as flagd reads it, plus the `launch` block that orders its versions. Anything else is malformed. */
export type FlagDocument = {
  readonly enabled: boolean
  readonly variants: { readonly [name: string]: boolean }
  readonly defaultVariant: string
  /** Users who are named: the first list with a user in it decides, before the split. */
  readonly named: readonly Named[]
  readonly split: Split | null
  readonly launch: LaunchBlock
}

export type Named = { readonly users: readonly string[]; readonly variant: string }

/** `fractional`: users are dealt to variants by weight. Without `bucketBy` the key is flag key + targeting key. */
export type Split = {
  readonly bucketBy: readonly BucketPart[] | null
  readonly buckets: readonly { readonly variant: string; readonly weight: number }[]
}
export type BucketPart = { readonly text: string } | { readonly from: 'flagKey' | 'targetingKey' }

export type LaunchBlock = {
  /** Rises with every raise. */
  readonly serial: number
  readonly writeId: string
  /** Set by a rollback: the flag stays off until a document acknowledges this one's `writeId`. */
  readonly latched: boolean
  readonly acks: readonly string[]
}

/** flagd refuses splits whose weights add up to more. */
const MAX_WEIGHT = 2_147_483_647

/** Null when it is not a document this app understands in full: the caller then keeps what it had. */
export function parseFlagDocument(json: unknown, flagKey: string): FlagDocument | null {
  const flag = own(own(json, 'flags'), flagKey)
  const variants = own(flag, 'variants')
  const defaultVariant = own(flag, 'defaultVariant')
  const state = own(flag, 'state')
  const launch = parseLaunch(own(json, 'launch'))
  if (state !== 'ENABLED' && state !== 'DISABLED') return null
  if (!isBooleans(variants) || typeof defaultVariant !== 'string' || !Object.hasOwn(variants, defaultVariant))
    return null
  const targeting = parseTargeting(own(flag, 'targeting'), variants)
  if (targeting === undefined || launch === null) return null
  return { enabled: state === 'ENABLED', variants, defaultVariant, ...targeting, launch }
}

/** Whether `next` may take the place of `seen`: a latch holds against everything that does not acknowledge it, a stale copy loses. */
export function maySucceed(seen: LaunchBlock, next: LaunchBlock): boolean {
  if (next.latched) return true
  if (seen.latched) return next.acks.includes(seen.writeId)
  return next.serial > seen.serial || (next.serial === seen.serial && next.writeId === seen.writeId)
}

type Variants = FlagDocument['variants']
type Targeting = Pick<FlagDocument, 'named' | 'split'>

/** Undefined when the targeting is none this app understands. */
function parseTargeting(targeting: unknown, variants: Variants): Targeting | undefined {
  if (targeting === undefined || targeting === null) return { named: [], split: null }
  if (!isRecord(targeting)) return undefined
  const names = Object.keys(targeting)
  if (names.length === 0) return { named: [], split: null }
  if (names.length !== 1) return undefined
  const rules = targeting['if']
  if (Array.isArray(rules)) return parseNamed(rules, variants)
  const split = parseSplit(targeting['fractional'], variants)
  return split && { named: [], split }
}

/** `{ if: [condition, variant, …, { fractional }] }` where every condition is `{ in: [{ var: 'targetingKey' }, [ids]] }`. */
function parseNamed(rules: readonly unknown[], variants: Variants): Targeting | undefined {
  const last = rules.at(-1)
  if (rules.length % 2 !== 1 || !isRecord(last) || Object.keys(last).length !== 1) return undefined
  const split = parseSplit(last['fractional'], variants)
  const named = rules.slice(0, -1).flatMap((condition, at): readonly (Named | null)[] => {
    if (at % 2 === 1) return []
    const [users, variant] = [parseUsers(condition), rules[at + 1]]
    const isKnown = typeof variant === 'string' && Object.hasOwn(variants, variant)
    return [users !== null && isKnown ? { users, variant } : null]
  })
  const known = named.filter((one) => one !== null)
  return split === undefined || known.length !== named.length ? undefined : { named: known, split }
}

function parseUsers(condition: unknown): readonly string[] | null {
  if (!isRecord(condition) || Object.keys(condition).length !== 1) return null
  const parts = condition['in']
  if (!Array.isArray(parts) || parts.length !== 2) return null
  const [key, users]: readonly unknown[] = parts
  const part = parseBucketPart(key)
  if (part === null || !('from' in part) || part.from !== 'targetingKey' || !Array.isArray(users)) return null
  const ids = users.filter((user) => typeof user === 'string')
  return ids.length === users.length ? ids : null
}

/** Undefined when it is no split this app understands. */
function parseSplit(fractional: unknown, variants: Variants): Split | undefined {
  if (!Array.isArray(fractional)) return undefined
  const parts: readonly unknown[] = fractional
  const bucketBy = Array.isArray(parts[0]) ? null : parseBucketBy(parts[0])
  if (bucketBy === undefined) return undefined
  const buckets = (bucketBy === null ? parts : parts.slice(1)).map((part) => parseBucket(part, variants))
  const known = buckets.filter((bucket) => bucket !== null)
  const total = known.reduce((sum, bucket) => sum + bucket.weight, 0)
  if (known.length !== buckets.length || total < 1 || total > MAX_WEIGHT) return undefined
  return { bucketBy, buckets: known }
}

function parseBucket(part: unknown, variants: { readonly [name: string]: boolean }): Split['buckets'][number] | null {
  if (!Array.isArray(part) || part.length < 1 || part.length > 2) return null
  const [variant, weight = 1]: readonly unknown[] = part
  if (typeof variant !== 'string' || !Object.hasOwn(variants, variant)) return null
  if (typeof weight !== 'number' || !Number.isInteger(weight) || weight < 0) return null
  return { variant, weight }
}

/** A text, `{ var }` of the flag or targeting key, or `{ cat: [those…] }`. */
function parseBucketBy(expression: unknown): readonly BucketPart[] | undefined {
  const cat = own(expression, 'cat')
  const parts = (Array.isArray(cat) ? cat : [expression]).map(parseBucketPart)
  const known = parts.filter((part) => part !== null)
  return known.length === parts.length && known.length > 0 ? known : undefined
}

function parseBucketPart(part: unknown): BucketPart | null {
  if (typeof part === 'string') return { text: part }
  const name = own(part, 'var')
  const path: unknown = Array.isArray(name) && name.length === 1 ? name[0] : name
  if (path === 'targetingKey') return { from: 'targetingKey' }
  return path === '$flagd.flagKey' ? { from: 'flagKey' } : null
}

function parseLaunch(launch: unknown): LaunchBlock | null {
  const serial = own(launch, 'serial')
  const writeId = own(launch, 'writeId') ?? ''
  const latch = own(launch, 'latch') ?? false
  const acks = own(launch, 'acks') ?? []
  if (typeof serial !== 'number' || !Number.isSafeInteger(serial) || serial < 0) return null
  if (typeof writeId !== 'string' || !Array.isArray(acks)) return null
  // Whatever a latch is written as, anything but "none" holds: to be wrong here must mean off.
  return { serial, writeId, latched: latch !== false, acks: acks.filter((ack) => typeof ack === 'string') }
}

function own(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined
}

function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isBooleans(value: unknown): value is { readonly [name: string]: boolean } {
  return isRecord(value) && Object.values(value).every((entry) => typeof entry === 'boolean')
}
