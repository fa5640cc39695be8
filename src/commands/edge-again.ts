import type { RollbackResult } from '../core/event.ts'
import type { FlagStore } from '../core/ports.ts'
import { edgeText, isServed, seeEdge } from './flag-edge.ts'

/** A rollback's result after one more look, and whole sentences about what is not as it should be, and what helps. */
export type LookedAgain = { readonly result: RollbackResult; readonly lines: readonly string[] }

/**
 * Looks once more at what users get where a rollback is degraded. An edge that still serves the new version after all the time it
 * may take makes it a failure: the flag is off, and somebody has to see to the CDN. Never throws: the flag is off, and whatever
 * becomes of this look, Ctrl-C included, loses no result.
 */
export async function lookAgain(result: RollbackResult, flag: FlagStore, signal: AbortSignal): Promise<LookedAgain> {
  if (result.outcome !== 'degraded') return { result, lines: [] }
  if (result.edgeMs !== null)
    return {
      result,
      lines: [
        'degraded: users get the old version, and copies of other files at the edge may stay until they expire',
        'launch rollback full once more asks for the invalidation again; it is safe to repeat',
      ],
    }
  const isOff = 'the flag is off and latched in its store, and stays so'
  try {
    const [held, edge] = await Promise.all([flag.read(signal), seeEdge(flag, signal)])
    if (edge.status === 'unseen')
      return {
        result,
        lines: [
          `degraded: ${isOff}; whether users are served it cannot be seen from here: ${edge.why}`,
          'look from a machine that reaches the site: launch rollback validate exits 3 for as long as they are not',
        ],
      }
    if (isServed(edge.reading, held))
      return { result, lines: [`degraded: ${isOff}; users were served it late, and by now they are`] }
    const isLatched = held.status === 'present' && held.flag.latched
    const isShown = edge.reading.status === 'present' && edge.reading.flag.percent > 0
    const now = `the edge ${edgeText(edge, held)}`
    if (!isLatched || !isShown) return { result, lines: [`degraded: the flag was turned off and latched; now ${now}`] }
    return {
      result: { ...result, outcome: 'failed', detail: `${isOff}, but ${now}: users still get the new version` },
      lines: invalidation(flag),
    }
  } catch {
    return { result, lines: [`degraded: ${isOff}; whether users are served it was not seen`] }
  }
}

function invalidation({ location }: FlagStore): readonly string[] {
  const key = /^s3:\/\/[^/]+(\/.*)$/.exec(location)?.[1]
  return key === undefined
    ? []
    : [`make the CDN forget its copy: aws cloudfront create-invalidation --distribution-id ID --paths "${key}"`]
}
