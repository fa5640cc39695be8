import { evaluate } from './evaluate.ts'
import { maySucceed, parseFlagDocument, type FlagDocument } from './flag-document.ts'

/** How the new board is switched: what was compiled in, and what is fetched at run time over it. */
export type FlagSource = {
  readonly key: string
  readonly compiledDefault: boolean
  readonly user: string
  /** The document's JSON; rejects when it cannot be had in time. */
  readonly fetch: () => Promise<unknown>
  readonly load: () => string | null
  readonly save: (text: string) => void
  readonly now: () => number
}

export type Decision = {
  readonly on: boolean
  readonly latched: boolean
  /** Null: no document, the compiled default decides. */
  readonly serial: number | null
}

/** For how long the last good document stands in for one that cannot be had. */
const LAST_GOOD_MS = 5 * 60_000

type Remembered = { readonly json: unknown; readonly document: FlagDocument; readonly confirmedAt: number }

/** Reads the flag anew and decides. Never rejects: without a valid document the last good one counts, then the compiled default. */
export async function readFlag(source: FlagSource): Promise<Decision> {
  const fetched = await source.fetch().then(
    (json) => ({ json, document: parseFlagDocument(json, source.key) }),
    () => null,
  )
  const document = fetched?.document ?? null
  // After the fetch: another poll or tab may have seen something newer meanwhile.
  const before = recall(source)
  if (
    fetched === null ||
    document === null ||
    (before !== null && !maySucceed(before.document.launch, document.launch))
  ) {
    return decide(source, before)
  }
  const remembered = { json: fetched.json, document, confirmedAt: source.now() }
  source.save(JSON.stringify({ json: remembered.json, confirmedAt: remembered.confirmedAt }))
  return decide(source, remembered)
}

function decide(source: FlagSource, remembered: Remembered | null): Decision {
  if (remembered === null) return { on: source.compiledDefault, latched: false, serial: null }
  const { serial, latched } = remembered.document.launch
  const on = !latched && evaluate(remembered.document, source.key, source.user, source.compiledDefault)
  return { on, latched, serial }
}

/** What an earlier page or poll saw. A latch is kept until it is acknowledged; anything else is forgotten when it is too old. */
function recall(source: FlagSource): Remembered | null {
  const text = source.load()
  if (text === null) return null
  const stored = parseStored(text)
  const document = parseFlagDocument(stored?.json, source.key)
  if (stored === null || document === null) return null
  const ageMs = source.now() - stored.confirmedAt
  if (!document.launch.latched && (ageMs < 0 || ageMs > LAST_GOOD_MS)) return null
  return { json: stored.json, document, confirmedAt: stored.confirmedAt }
}

function parseStored(text: string): { readonly json: unknown; readonly confirmedAt: number } | null {
  try {
    const stored: unknown = JSON.parse(text)
    if (typeof stored !== 'object' || stored === null) return null
    const { json, confirmedAt }: { readonly json?: unknown; readonly confirmedAt?: unknown } = stored
    return typeof confirmedAt === 'number' ? { json, confirmedAt } : null
  } catch {
    return null
  }
}
