import { cacheText } from '../core/cache-text.ts'
import { messageOf } from '../core/errors.ts'
import type { FlagReading } from '../core/flag.ts'
import type { FlagStore } from '../core/ports.ts'

/** What users are served, or why that cannot be seen. */
export type EdgeSeen =
  | {
      readonly status: 'seen'
      readonly reading: FlagReading
      readonly headers: { readonly [name: string]: string }
    }
  | { readonly status: 'unseen'; readonly why: string }

export async function seeEdge(store: FlagStore, signal: AbortSignal): Promise<EdgeSeen> {
  try {
    return { status: 'seen', ...(await store.observe(signal)) }
  } catch (error) {
    signal.throwIfAborted()
    return { status: 'unseen', why: messageOf(error) }
  }
}

/** `serves it`, `still serves 10 % (serial 7)`, with the headers that say why. */
export function edgeText(edge: EdgeSeen, store: FlagReading): string {
  if (edge.status === 'unseen') return `cannot be seen: ${edge.why}`
  const headers = cacheText(edge.headers)
  return `${isServed(edge.reading, store) ? 'serves it' : `still serves ${readingText(edge.reading)}`}${headers}`
}

/** Whether users are served what the store holds. */
export function isServed(edge: FlagReading, store: FlagReading): boolean {
  if (edge.status !== 'present' || store.status !== 'present') return edge.status === store.status
  return edge.flag.writeId === store.flag.writeId && edge.flag.serial === store.flag.serial
}

function readingText(reading: FlagReading): string {
  if (reading.status === 'absent') return 'no flag'
  if (reading.status === 'malformed') return `something that is no flag (${reading.why})`
  const { percent, serial, latched } = reading.flag
  return `${percent} % (serial ${serial}${latched ? ', latched' : ''})`
}
