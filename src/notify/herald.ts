import type { EpochMs } from '../core/brand.ts'
import type { Actor, LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { reduce } from '../core/reduce.ts'
import { startState, type LaunchState } from '../core/state.ts'
import type { ReportModel } from '../report/model.ts'
import type { Courier } from './courier.ts'
import { endNotices, type RunEnd } from './end-notices.ts'
import { chatBody, type About } from './messages.ts'
import { channelsOf, type Notice, type Paging } from './notice.ts'
import { noticesOf } from './notices.ts'
import { pageRequest } from './paging.ts'
import { releaseNote } from './release-note.ts'
import type { Target } from './target.ts'

/** Tells people about one launch. Hears every event of its journal from the first one, in order. */
export type Herald = {
  /** Events that were heard before are let pass. */
  hear(events: readonly LaunchEvent[]): void
  /** The process that drove the launch ends. */
  end(end: RunEnd, at: EpochMs, by: Actor): void
  /** Waits for what is on its way, so long at most. */
  close(withinMs: number): Promise<void>
}

export type HeraldOrder = {
  readonly plan: Plan
  readonly targets: readonly Target[]
  readonly courier: Courier
  readonly now: () => EpochMs
  /** The report of the launch so far; for the release note. Null when there is none. */
  readonly report: (events: readonly LaunchEvent[]) => ReportModel | null
  /** Takes secrets out of what is posted. */
  readonly scrub: (text: string) => string
}

/** What happened longer ago is no news: a launch that is taken up again the next day does not begin with what was missed. */
const newsMs = 60 * 60_000

export function herald(order: HeraldOrder): Herald {
  const { plan, targets, courier, now } = order
  const events: LaunchEvent[] = []
  const open = new Set<string>()
  let state: LaunchState | null = null

  function hearOne(event: LaunchEvent): void {
    events.push(event)
    if (event.type === 'launch-opened') state = startState(event)
    else if (state) state = reduce(state, event)
    if (!state) return
    const about: About = { plan, launch: state.id, sandbox: state.sandbox }
    for (const notice of noticesOf(plan, event, state)) tell(notice, about)
    if (event.type !== 'launch-ended' || event.outcome !== 'succeeded') return
    const model = order.report(events)
    if (model) tell(releaseNote(model, event), about)
  }

  function tell(notice: Notice, about: About): void {
    const page = isDue(notice.page) ? notice.page : null
    if (now() - notice.at > newsMs) return
    for (const target of targets) {
      if (target.id === 'page') {
        if (page) post(target, `${page.action}-${notice.id}`, request({ ...notice, page }, about, target))
      } else if (channelsOf(plan, notice.to).includes(target.id)) {
        post(target, notice.id, { url: target.url, headers: {}, body: chatBody(notice, about, target.id) })
      }
    }
  }

  /** An incident is ended where one was begun. */
  function isDue(page: Paging | undefined): page is Paging {
    if (!page) return false
    if (page.action === 'resolve') return open.delete(page.key)
    open.add(page.key)
    return true
  }

  function request(notice: Notice & { readonly page: Paging }, about: About, { url, key }: Target) {
    return pageRequest(plan.notify?.page?.kind ?? 'pagerduty', url, notice, about, key)
  }

  function post(
    target: Target,
    id: string,
    { url, headers, body }: { url: string; headers: { readonly [name: string]: string }; body: object },
  ): void {
    courier.send(target, `${id}.${target.id}`, { url, headers, body: bodyOf(body) })
  }

  /** Secrets are taken out of the texts, so that what is left is JSON; the key a paging service knows the sender by stays. */
  function bodyOf(body: object): string {
    const clean = (name: string, value: unknown) =>
      typeof value === 'string' && name !== 'routing_key' ? order.scrub(value) : value
    return JSON.stringify(body, clean)
  }

  return {
    hear: (heard) => {
      for (const event of heard) if (event.n === events.length + 1) hearOne(event)
    },
    end: (end, at, by) => {
      if (!state) return
      const about: About = { plan, launch: state.id, sandbox: state.sandbox }
      for (const notice of endNotices(state, end, { at, actor: by })) tell(notice, about)
    },
    close: (withinMs) => courier.close(withinMs),
  }
}
