import type { FlagDocument, Split } from './flag-document.ts'
import { murmur3 } from './murmur3.ts'

/** The flag's value for one user, dealt exactly as flagd does. A DISABLED flag is the caller's default. */
export function evaluate(document: FlagDocument, flagKey: string, targetingKey: string, fallback: boolean): boolean {
  if (!document.enabled) return fallback
  const named = document.named.find(({ users }) => users.includes(targetingKey))
  const dealt = named?.variant ?? (document.split === null ? null : deal(document.split, flagKey, targetingKey))
  return document.variants[dealt ?? document.defaultVariant] ?? fallback
}

/** `(hash * totalWeight) >> 32` in whole numbers: `on` listed first keeps everyone who was on when its weight grows. */
function deal(split: Split, flagKey: string, targetingKey: string): string | null {
  if (targetingKey === '') return null
  const keys = { flagKey, targetingKey }
  const bucketBy = split.bucketBy ?? [{ from: 'flagKey' }, { from: 'targetingKey' }]
  const key = bucketBy.map((part) => ('text' in part ? part.text : keys[part.from])).join('')
  const total = split.buckets.reduce((sum, bucket) => sum + bucket.weight, 0)
  const point = (BigInt(murmur3(key)) * BigInt(total)) >> 32n
  let upTo = 0
  for (const bucket of split.buckets) {
    upTo += bucket.weight
    if (BigInt(upTo) > point) return bucket.variant
  }
  return null
}
