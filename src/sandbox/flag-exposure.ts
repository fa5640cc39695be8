import type { Exposed } from './types.ts'

/**
 * What a flag document exposes. The `launch` block speaks when there is one (a latch is off, who is held back stays off);
 * otherwise the `fractional` targeting of the document's flag, otherwise its default variant. What cannot be read
 * exposes nobody: the reader in the page falls back to its compiled default, off.
 */
export function exposedBy(document: string): Exposed {
  const root = asRecord(parseJson(document))
  const block = asRecord(root?.['launch'])
  if (!block) return wholly(plainShare(root))
  if (block['latch']) return wholly(0)
  const percent = Number(block['percent'])
  return { share: clampShare(Math.min(percent, heldTo(block)) / 100), stage: clampShare(percent / 100) }
}

/** Everybody of a stage gets it: nobody is held back. */
export function wholly(share: number): Exposed {
  return { share, stage: share }
}

/** As flagd deals a document without a block of ours. */
function plainShare(root: Record<string, unknown> | null): number {
  const flag = asRecord(Object.values(asRecord(root?.['flags']) ?? {})[0])
  if (!flag || flag['state'] !== 'ENABLED') return 0
  const on = onVariants(flag)
  const weights = fractional(flag['targeting'])
  if (weights) return shareOf(weights, on)
  return on.has(String(flag['defaultVariant'])) ? 1 : 0
}

/** The percent that a block without a holdback may grow to is 100. */
function heldTo(block: Record<string, unknown>): number {
  return Math.round((100 - Number(block['holdback'] ?? 0)) * 100) / 100
}

function onVariants(flag: Record<string, unknown>): ReadonlySet<string> {
  const variants = Object.entries(asRecord(flag['variants']) ?? {})
  return new Set(variants.filter(([, value]) => value === true).map(([name]) => name))
}

/** The `fractional` buckets anywhere inside a targeting rule: `[["on", 1000], ["off", 9000]]`. */
function fractional(rule: unknown): readonly (readonly unknown[])[] | null {
  if (Array.isArray(rule)) return firstOf(rule)
  const record = asRecord(rule)
  if (!record) return null
  const buckets = record['fractional']
  return Array.isArray(buckets)
    ? buckets.filter((bucket): bucket is unknown[] => Array.isArray(bucket))
    : firstOf(Object.values(record))
}

function firstOf(rules: readonly unknown[]): readonly (readonly unknown[])[] | null {
  for (const rule of rules) {
    const found = fractional(rule)
    if (found) return found
  }
  return null
}

function shareOf(weights: readonly (readonly unknown[])[], on: ReadonlySet<string>): number {
  const weightOf = (bucket: readonly unknown[]) => (bucket.length < 2 ? 1 : Number(bucket[1]))
  const total = weights.reduce((sum, bucket) => sum + weightOf(bucket), 0)
  const exposed = weights
    .filter((bucket) => on.has(String(bucket[0])))
    .reduce((sum, bucket) => sum + weightOf(bucket), 0)
  return total > 0 ? clampShare(exposed / total) : 0
}

function clampShare(share: number): number {
  return Number.isFinite(share) ? Math.min(Math.max(share, 0), 1) : 0
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function asRecord(value: unknown): Record<string, unknown> | null {
  // An object that is no array is a record of unknowns.
  return value !== null && typeof value === 'object' && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : null
}
