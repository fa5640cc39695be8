import type { Happening } from '../core/event.ts'
import { missing } from '../core/evidence.ts'

/** An event larger than this is cut: ordinary ones have up to 30 KiB, and every reader of a launch reads all of them. */
export const eventLimitBytes = 256 * 1024
/** What a single text of a cut event may keep. */
const textLimit = 2000

/**
 * What is kept of a happening that is too large for one event. The evidence of a gate goes first, the verdict and the numbers of every check stay;
 * what is still too large has its longest texts cut.
 */
export function fitted(happening: Happening): Happening {
  const lighter =
    happening.type === 'gate-judged' ? { ...happening, evidence: withoutValues(happening.evidence) } : happening
  return sizeOf(lighter) <= eventLimitBytes ? lighter : (shortened(lighter) as Happening)
}

function sizeOf(happening: Happening): number {
  return Buffer.byteLength(JSON.stringify(happening))
}

function withoutValues(evidence: Extract<Happening, { type: 'gate-judged' }>['evidence']) {
  const entries = Object.entries(evidence).map(([need, finding]) => {
    const why = `not kept: ${Math.ceil(JSON.stringify(finding).length / 1024)} KiB, more than an event holds`
    return [need, finding.status === 'missing' ? finding : missing(why)] as const
  })
  return Object.fromEntries(entries)
}

// The cast above is sound: nothing but the length of texts changes.
function shortened(value: unknown): unknown {
  if (typeof value === 'string') return value.length <= textLimit ? value : `${value.slice(0, textLimit)}…`
  if (Array.isArray(value)) return value.map(shortened)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shortened(item)]))
}
