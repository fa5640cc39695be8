import type { OutsideWorld } from '../compose/world.ts'
import type { Context } from '../context.ts'
import { epochMs, type EpochMs, type LaunchId } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import { hashOf } from '../core/hash.ts'
import type { LivePages } from '../core/live-pages.ts'
import type { Plan } from '../core/plan.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import type { Launches, OpenedLaunch } from '../journal/launches.ts'
import type { DashboardPage } from '../report/dashboard-frame.ts'
import { launchPage } from '../report/dashboard-launch.ts'
import { listPage, type ListedLaunch } from '../report/dashboard-list.ts'
import { liveModel } from '../report/live-model.ts'
import { mustHoldTexts } from './checked-events.ts'
import { checkSignals } from './describe-check.ts'
import { stepWords } from './describe-step.ts'
import { reportOf } from './write-report.ts'

/** The launches that are listed. */
const newest = 20
/** While a launch is open its ages and clocks are told anew this often, real ms. */
const tickMs = 10_000
const folder = '/launches/'

type Read = { readonly plan: Plan; readonly events: readonly LaunchEvent[]; readonly state: LaunchState }

export type PagesOrder = {
  readonly app: string
  readonly world: Pick<OutsideWorld, 'clock'>
  readonly launches: Launches
}

/** The dashboard's pages, read from the journals: the launches of an application, and each of them. Changes nothing. */
export function dashboardPages({ signal }: Context, { app, world, launches }: PagesOrder): LivePages {
  const { clock } = world
  const opened = new Map<LaunchId, OpenedLaunch>()
  const over = new Map<LaunchId, ListedLaunch>()
  const tick = (isOpen: boolean) => (isOpen ? Math.floor(clock.monotonicMs() / tickMs) : 'over')
  const versionOf = (...facts: readonly unknown[]) => hashOf(facts).slice(0, 20)

  /** Null for an id that is not there: what is asked for in an address never becomes a key by itself. */
  async function read(id: string): Promise<Read | null> {
    const found = (await launches.list(signal)).find((one) => one === id)
    return found === undefined ? null : readKnown(found)
  }

  async function readKnown(id: LaunchId): Promise<Read | null> {
    const launch = opened.get(id) ?? (await launches.load(id, signal))
    opened.set(id, launch)
    const events = [...(await launch.log.read(signal))]
    mustHoldTexts(events, id)
    const state = fold(events)
    return state && { plan: launch.plan, events, state }
  }

  /** `whole`: older launches that are over are read again, too. A rollback behind its end is of the newest one. */
  async function list(whole: boolean): Promise<Listed> {
    const [ids, current] = await Promise.all([launches.list(signal), launches.current(signal)])
    for (const id of opened.keys()) if (!ids.includes(id)) opened.delete(id)
    const currentId = current?.log.launch ?? null
    const shown = ids.slice(-newest)
    const asBefore = (id: LaunchId) => (whole || id === shown.at(-1) ? undefined : over.get(id))
    const items = await Promise.all(shown.map(async (id) => asBefore(id) ?? listed(id, currentId)))
    return { items: items.filter((one) => one !== null).sort((a, b) => order(b, a)), currentId }
  }

  /** One that does not hold together must not hide the others. */
  async function listed(id: LaunchId, currentId: LaunchId | null): Promise<ListedLaunch | null> {
    try {
      const one = await readKnown(id)
      if (!one) return null
      const superseded = !one.state.ended && id !== currentId
      const made = { path: folder + encodeURIComponent(id), title: one.plan.title, state: one.state, superseded }
      if (one.state.ended) over.set(id, made)
      return made
    } catch (error) {
      if (!(error instanceof LaunchError) || error.outcome === 'unavailable') throw error
      return { id, unreadable: error.message }
    }
  }

  const listVersion = ({ items, currentId }: Listed) => {
    const isOpen = items.some((one) => 'state' in one && !one.state.ended && !one.superseded)
    return versionOf(
      items.map((one) => ('state' in one ? [one.state.id, one.state.n] : [one.id])),
      currentId,
      tick(isOpen),
    )
  }
  const launchVersion = ({ state }: Read) => versionOf(state.id, state.n, tick(!state.ended))

  async function onePage(path: string): Promise<DashboardPage | null> {
    const one = await read(idOf(path))
    if (!one) return null
    const { plan, events, state } = one
    const version = launchVersion(one)
    const [describeStep, signalOf, report] = await Promise.all([stepWords(), checkSignals(), reportOf(plan, events)])
    const isCurrent = state.ended !== null || (await opened.get(state.id)?.log.isOpen(signal)) !== false
    // The page of one that is over is as of its last entry, as the last frame on a terminal is.
    const now = state.ended || !isCurrent ? state.last.at : later(clock.now(), state.last.at)
    const live = liveModel({ plan, state, events, now, describeStep, signalOf, doing: null })
    return launchPage({ path, live, report, version, superseded: !isCurrent })
  }

  return {
    page: async (path) => {
      if (path !== '/') return onePage(path)
      const seen = await list(true)
      return listPage({ app, launches: seen.items, asOf: clock.now(), version: listVersion(seen) })
    },
    version: async (path) => {
      if (path === '/') return listVersion(await list(false))
      const one = await read(idOf(path))
      return one && launchVersion(one)
    },
  }
}

type Listed = { readonly items: readonly ListedLaunch[]; readonly currentId: LaunchId | null }

/** By when they were opened; of two at the same instant of their sandbox worlds, by id. */
function order(a: ListedLaunch, b: ListedLaunch): number {
  const [at, id] = keyOf(a)
  const [otherAt, otherId] = keyOf(b)
  return at - otherAt || (id < otherId ? -1 : 1)
}

function keyOf(one: ListedLaunch): readonly [number, string] {
  return 'state' in one ? [one.state.openedAt, one.state.id] : [0, one.id]
}

/** Empty, which no launch is called, for a path of nothing. */
function idOf(path: string): string {
  if (!path.startsWith(folder)) return ''
  try {
    return decodeURIComponent(path.slice(folder.length))
  } catch {
    return ''
  }
}

function later(a: EpochMs, b: EpochMs): EpochMs {
  return epochMs(Math.max(a, b))
}
