import type { Happening } from '../core/event.ts'
import type { FlagState } from '../core/flag.ts'
import type { FlagStore } from '../core/ports.ts'
import { safeLine } from '../core/safe-text.ts'
import { secretScrubber, type Scrubber } from '../host/secrets.ts'
import type { EventLog } from '../journal/events.ts'
import type { Launches, OpenedLaunch } from '../journal/launches.ts'

/**
 * Fields that hold what people and programs wrote. In all others (ids, names of environments, verdicts) only what looks like a
 * secret is masked: a variable may be called TOKEN and hold the word "production".
 */
const written = new Set([
  'by',
  'detail',
  'hint',
  'message',
  'name',
  'note',
  'reason',
  'signal',
  'summary',
  'tail',
  'text',
  'why',
])

/** Launches whose journals are written without secrets. */
export function scrubbedLaunches(launches: Launches, scrubber: Scrubber): Launches {
  const opened = (launch: OpenedLaunch): OpenedLaunch => ({ ...launch, log: scrubbedLog(launch.log, scrubber) })
  return {
    ...launches,
    current: async (signal) => {
      const launch = await launches.current(signal)
      return launch && opened(launch)
    },
    open: async (request, signal) => opened(await launches.open(request, signal)),
    load: async (id, signal) => opened(await launches.load(id, signal)),
  }
}

/** Gives any happening without the secrets in it. */
export function scrubbedHappening(scrubber: Scrubber): <H extends Happening>(happening: H) => H {
  const looks = secretScrubber({})
  const clean = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') return (written.has(key) ? scrubber : looks).scrub(value)
    if (Array.isArray(value)) return value.map((item) => clean(item, key))
    if (value === null || typeof value !== 'object') return value
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, clean(item, name)]))
  }
  // Nothing but texts changes, and texts stay texts.
  return <H extends Happening>(happening: H) => clean(happening, '') as H
}

export function scrubbedLog(log: EventLog, scrubber: Scrubber): EventLog {
  const scrubbed = scrubbedHappening(scrubber)
  const name = (by: string | undefined) => (by === undefined ? undefined : scrubber.scrub(by))
  // Every method by name: one that is added must not get past this unnoticed.
  return {
    launch: log.launch,
    read: (signal) => log.read(signal),
    isOpen: (signal) => log.isOpen(signal),
    append: (happening, signal, by) => log.append(scrubbed(happening), signal, name(by)),
    appendAnyway: (happening, signal, by) => log.appendAnyway(scrubbed(happening), signal, name(by)),
    moment: () => log.moment(),
    appendLate: (happening, then, signal) => log.appendLate(scrubbed(happening), then, signal),
  }
}

/** Every user's browser reads the flag document: what a person wrote into it is one short line without secrets. */
const longestInPublic = 300

export function publishedFlag(store: FlagStore, scrubber: Pick<Scrubber, 'scrub'>): FlagStore {
  const line = (text: string) => safeLine(scrubber.scrub(text)).slice(0, longestInPublic)
  const fit = (flag: FlagState): FlagState => ({ ...flag, reason: line(flag.reason), updatedBy: line(flag.updatedBy) })
  return {
    ...store,
    write: (flag, expect, signal) => store.write(fit(flag), expect, signal),
    forceOff: (flag, signal) => store.forceOff(fit(flag), signal),
  }
}
