import { epochMs, type EpochMs, type LaunchId, type Sha256 } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Actor, Happening, LaunchEvent } from '../core/event.ts'
import { sha256 } from '../core/hash.ts'
import { fitsIn } from '../core/journal-limit.ts'
import type { Clock, Random, StateStore } from '../core/ports.ts'
import { eventLimitBytes, fitted } from './fit.ts'
import { activeOf, type Layout } from './layout.ts'

/** Slots asked for at once while reading. */
const readAhead = 32

/** What `append` came to: `taken` means that somebody else wrote this number first; read on and decide again. */
export type Appended = { readonly status: 'appended'; readonly event: LaunchEvent } | { readonly status: 'taken' }

/** Who did something when, under which id: kept where the journal could not be reached. */
export type Then = { readonly id: string; readonly at: EpochMs; readonly actor: Actor }

export type EventLog = {
  readonly launch: LaunchId
  /** Every event so far, oldest first; reads only what is new since the last call. */
  read(signal: AbortSignal): Promise<readonly LaunchEvent[]>
  /**
   * Writes one event behind the newest that was read. Create-once: of two writers of a number exactly one wins. A reply
   * that was lost is recognised by the event's id. `by` names who did it when that is not the process itself.
   */
  append(happening: Happening, signal: AbortSignal, by?: string): Promise<Appended>
  /** Appends behind whatever is there: for records that stay true whatever happened meanwhile (a rollback, a sign-off). */
  appendAnyway(happening: Happening, signal: AbortSignal, by?: string): Promise<LaunchEvent>
  /** What an event of now would be signed with: for what has to be told later. */
  moment(): Then
  /**
   * Appends what happened when the journal could not be reached, as what it was then, though in the order of the journal: a
   * reader takes the newest event's time for now. An event with its id is not written twice.
   */
  appendLate(happening: Happening, then: Then, signal: AbortSignal): Promise<LaunchEvent>
  /** Whether this is still the launch of its application and environment: another one that was opened over it drives now. */
  isOpen(signal: AbortSignal): Promise<boolean>
}

export type LogPorts = {
  readonly store: StateStore
  readonly clock: Clock
  readonly random: Random
  readonly actor: Actor
  /** `readEvent`, or one that remembers: for whoever reads the same lines again and again. */
  readonly readEvent?: typeof readEvent
}

export function eventLog(launch: LaunchId, paths: Layout, ports: LogPorts): EventLog {
  const events: LaunchEvent[] = []
  let tail: Sha256 | null = null

  // A short batch first: once a journal is read, there is rarely more than one new event.
  async function read(signal: AbortSignal): Promise<readonly LaunchEvent[]> {
    for (let batch = events.length === 0 ? readAhead : 1; ; batch = readAhead) {
      const from = events.length + 1
      const slots = await Promise.all(
        Array.from({ length: batch }, (_, i) => ports.store.get(paths.event(launch, from + i), signal)),
      )
      for (const [i, slot] of slots.entries()) {
        if (slot === null) return events
        // A read that was slow may have been overtaken by another one.
        if (from + i > events.length) take(slot.body)
      }
    }
  }

  function take(line: string): void {
    const { event, hash } = (ports.readEvent ?? readEvent)(line, events.length + 1, tail)
    events.push(event)
    tail = hash
  }

  const now = (by?: string): Then => ({
    id: ports.random.id(),
    at: ports.clock.now(),
    actor: by === undefined ? ports.actor : { ...ports.actor, name: by },
  })

  async function write(happening: Happening, { id, at, actor }: Then, signal: AbortSignal): Promise<Appended> {
    const n = events.length + 1
    if (!fitsIn(n, happening.type)) {
      throw new LaunchError('REFUSED', `the journal of launch ${launch} is full: ${events.length} events`, {
        hint: 'a rollback is still journaled; everything else goes on in a new launch: launch auto --new',
      })
    }
    const [event, line] = written(happening, { schema: 1, launch, n, id, at, actor, prev: tail })
    const key = paths.event(launch, n)
    if ((await ports.store.create(key, line, signal)) === 'exists') {
      const there = await ports.store.get(key, signal)
      if (there?.body !== line) return { status: 'taken' }
    }
    if (n > events.length) take(line)
    return { status: 'appended', event }
  }

  async function append(happening: Happening, signal: AbortSignal, by?: string): Promise<Appended> {
    return write(happening, now(by), signal)
  }

  async function appendAnyway(happening: Happening, signal: AbortSignal, by?: string): Promise<LaunchEvent> {
    for (;;) {
      await read(signal)
      const appended = await append(happening, signal, by)
      if (appended.status === 'appended') return appended.event
    }
  }

  async function appendLate(happening: Happening, then: Then, signal: AbortSignal): Promise<LaunchEvent> {
    for (;;) {
      const before = await read(signal)
      const there = before.find(({ id }) => id === then.id)
      if (there) return there
      const at = epochMs(Math.max(then.at, before.at(-1)?.at ?? then.at))
      const appended = await write(happening, { ...then, at }, signal)
      if (appended.status === 'appended') return appended.event
    }
  }

  async function isOpen(signal: AbortSignal): Promise<boolean> {
    const pointer = await ports.store.get(paths.active, signal)
    return pointer === null || activeOf(pointer.body).launch === launch
  }

  return { launch, read, append, appendAnyway, moment: () => now(), appendLate, isOpen }
}

/** An event and its line; what is too large for one is cut. */
function written(happening: Happening, place: Place): readonly [LaunchEvent, string] {
  const event = { ...happening, ...place }
  const line = lineOf(event)
  if (Buffer.byteLength(line) <= eventLimitBytes) return [event, line]
  const cut = { ...fitted(happening), ...place }
  return [cut, lineOf(cut)]
}

type Place = Pick<LaunchEvent, 'schema' | 'launch' | 'n' | 'id' | 'at' | 'actor' | 'prev'>

function lineOf(event: LaunchEvent): string {
  return `${JSON.stringify(event)}\n`
}

/** An event with the hash the next one has to name. Throws as `parseEvent` does. */
export function readEvent(
  line: string,
  n: number,
  prev: Sha256 | null,
): { readonly event: LaunchEvent; readonly hash: Sha256 } {
  return { event: parseEvent(line, n, prev), hash: sha256(line) }
}

/** Throws LaunchError JOURNAL_CORRUPT when the line is not the event that belongs at this place, JOURNAL_VERSION for a first event of a newer schema. */
export function parseEvent(line: string, n: number, prev: Sha256 | null): LaunchEvent {
  let parsed: unknown
  try {
    parsed = JSON.parse(line)
  } catch (cause) {
    throw new LaunchError('JOURNAL_CORRUPT', `event ${n} is not JSON`, { cause })
  }
  if (!isRecord(parsed)) throw new LaunchError('JOURNAL_CORRUPT', `event ${n} is not an object`)
  const schema = parsed['schema']
  if (typeof schema !== 'number' || schema < 1) throw new LaunchError('JOURNAL_CORRUPT', `event ${n} has no schema`)
  if (parsed['n'] !== n) throw new LaunchError('JOURNAL_CORRUPT', `event ${n} calls itself ${String(parsed['n'])}`)
  if (parsed['prev'] !== prev)
    throw new LaunchError('JOURNAL_CORRUPT', `event ${n} does not follow event ${n - 1}: the chain is broken`)
  if (typeof parsed['type'] !== 'string' || typeof parsed['at'] !== 'number' || !isRecord(parsed['actor'])) {
    throw new LaunchError('JOURNAL_CORRUPT', `event ${n} lacks its type, time or actor`)
  }
  // The hash chain vouches that launch wrote this line; a type this version does not know is kept and counted by `reduce`.
  return (schema === 1 ? parsed : ofNewerSchema(parsed, schema, n)) as LaunchEvent
}

/** What it means is not known, whatever its type is called; that it is there is. The first event has to be understood. */
function ofNewerSchema(event: Record<string, unknown>, schema: number, n: number) {
  if (n === 1)
    throw new LaunchError('JOURNAL_VERSION', `the launch was opened with journal schema ${schema}, this is 1`)
  const { launch, id, at, actor, prev } = event
  const type = `${String(event['type'])} (schema ${schema})`
  return { schema: 1, launch, n, id, at, actor, prev, type }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
