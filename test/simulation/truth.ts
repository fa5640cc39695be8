import type { LaunchEvent } from '../../src/core/event.ts'
import type { StoredObject } from '../../src/core/ports.ts'
import type { Applied, Bucket } from './bucket.ts'
import { flagKey } from './sheet.ts'

/** A flag document as anybody would read it: the exposure from its targeting, the rest from its `launch` block. */
export type FlagDocument = {
  readonly percent: number
  readonly latched: boolean
  readonly writeId: string
  readonly launch: string | null
}

/**
 * What really is and was, read from the objects themselves without the code under test: events by JSON.parse, the flag by its
 * targeting, times by the one true clock.
 */
export type Truth = {
  /** Events of a launch that are stored, oldest first, up to the first gap. */
  journal(launch: string): readonly LaunchEvent[]
  launches(): readonly string[]
  /** The launch that is open, by its pointer. */
  active(): string | null
  /** Since when it is. */
  readonly activeSinceMs: number
  /** Launches in the order in which the pointer named them. */
  readonly opened: readonly string[]
  flag(): FlagDocument | null
  /** Every change of the flag that came true, oldest first. */
  readonly flagHistory: readonly { readonly atMs: number; readonly flag: FlagDocument }[]
  /** How many times a rollback came true, and how many of them stood when somebody read that latch to acknowledge it. */
  readonly rollbacks: number
  acknowledge(writeId: string): void
  /** The newest rollback that a raise with these acknowledgements may go over: one it names, or one that was gone over before. */
  mayGoOver(writeIds: readonly string[]): number
  /** The most that users were shown in an interval, and since when everybody was. */
  exposedIn(
    fromMs: number,
    toMs: number,
  ): {
    readonly percent: number
    readonly commit: string | null
    readonly fullSinceMs: number | null
  }
  /** Told of every write, before the invariants are. */
  note(applied: Applied, atMs: number): void
}

export function truth(state: Bucket, site: Bucket): Truth {
  const journals = new Map<string, LaunchEvent[]>()
  /** Launches whose journal was read since the last write of any. */
  const isRead = new Set<string>()
  const flagHistory: { atMs: number; flag: FlagDocument }[] = []
  const acks = new Map<string, number>()
  const opened: string[] = []
  let goneOver = 0
  const truth = {
    flagHistory,
    rollbacks: 0,
    activeSinceMs: 0,
    opened,
    journal: (launch: string) => {
      const events = journals.get(launch) ?? []
      if (isRead.has(launch)) return events
      journals.set(launch, events)
      isRead.add(launch)
      for (;;) {
        const slot = state.objects.get(eventKey(launch, events.length + 1))
        if (!slot) return events
        // Written by one of the processes; the invariants look at whether it is an event.
        events.push(JSON.parse(text(slot)) as LaunchEvent)
      }
    },
    launches: () => [
      ...new Set([...state.objects.keys()].flatMap((key) => /\/launches\/([^/]+)\//.exec(key)?.[1] ?? [])),
    ],
    active: () => {
      const pointer = state.objects.get(activeKey)
      return pointer ? (JSON.parse(text(pointer)) as { readonly launch: string }).launch : null
    },
    flag: () => {
      const found = site.objects.get(flagKey)
      return found ? flagDocument(found) : null
    },
    acknowledge: (writeId: string) => {
      acks.set(writeId, truth.rollbacks)
    },
    mayGoOver: (writeIds: readonly string[]) => {
      const known = Math.max(goneOver, ...writeIds.map((id) => acks.get(id) ?? 0))
      if (known >= truth.rollbacks) goneOver = known
      return known
    },
    exposedIn: (fromMs: number, toMs: number) => {
      let [percent, commit, fullSinceMs]: [number, string | null, number | null] = [0, null, null]
      for (let i = flagHistory.length - 1; i >= 0; i -= 1) {
        const change = flagHistory[i]
        if (!change || change.atMs >= toMs) continue
        if (change.flag.percent > percent) {
          percent = change.flag.percent
          commit = commitOf(change.flag.launch)
        }
        if (change.flag.percent === 100) fullSinceMs = change.atMs
        if (change.atMs <= fromMs) break
      }
      return { percent, commit, fullSinceMs }
    },
    note: ({ bucket, key, before, after }: Applied, atMs: number) => {
      if (bucket === state.name) isRead.clear()
      const active = bucket === state.name && key === activeKey ? truth.active() : null
      if (active !== null && opened.at(-1) !== active) {
        truth.activeSinceMs = atMs
        opened.push(active)
      }
      if (bucket !== site.name || key !== flagKey || !after) return
      const flag = flagDocument(after)
      flagHistory.push({ atMs, flag })
      // The same bytes over the same bytes are no second rollback.
      if (flag.latched && (!before || before.etag !== after.etag)) truth.rollbacks += 1
    },
  }
  const commitOf = (launch: string | null) => {
    const opened = launch === null ? undefined : truth.journal(launch)[0]
    return opened?.type === 'launch-opened' ? opened.commit : null
  }
  return truth
}

const statePrefix = 'v1/sim/production/'
const activeKey = `${statePrefix}active.json`

export function planKey(launch: string): string {
  return `${statePrefix}launches/${launch}/plan.json`
}

export function eventKey(launch: string, n: number): string {
  return `${statePrefix}launches/${launch}/events/${String(n).padStart(8, '0')}.json`
}

export function flagDocument(object: StoredObject): FlagDocument {
  type Document = {
    readonly flags: {
      readonly [key: string]: { readonly targeting?: { readonly fractional: readonly (readonly [string, number])[] } }
    }
    readonly launch: { readonly latch: boolean; readonly writeId: string; readonly launch: string | null }
  }
  // Written by one of the processes; a document of another shape throws here, and that is a failure of the seed.
  const document = JSON.parse(text(object)) as Document
  const weights = Object.values(document.flags)[0]?.targeting?.fractional
  const percent = weights?.find(([variant]) => variant === 'on')?.[1] ?? 0
  const { latch, writeId, launch } = document.launch
  return { percent: percent / 100, latched: latch, writeId, launch }
}

function text(object: StoredObject): string {
  return new TextDecoder().decode(object.body)
}
