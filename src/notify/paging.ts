import { isoTime } from '../core/brand.ts'
import type { NotifyPlan } from '../core/plan.ts'
import { linksOf, plainLine, type About } from './messages.ts'
import type { Notice, Paging } from './notice.ts'

type Kind = NonNullable<NotifyPlan['page']>['kind']

/** One request to a paging service. */
export type PageRequest = {
  readonly url: string
  readonly headers: { readonly [name: string]: string }
  readonly body: object
}

/** Where events are posted to unless the run sheet says otherwise. */
const addresses = {
  // PagerDuty Events API v2: one address for trigger and resolve.
  pagerduty: 'https://events.pagerduty.com/v2/enqueue',
  // Opsgenie Alert API: closing has an address of its own below it.
  opsgenie: 'https://api.opsgenie.com/v2/alerts',
} as const satisfies Record<Kind, string>

export function pageAddress({ kind, url }: NonNullable<NotifyPlan['page']>): string {
  return url ?? addresses[kind]
}

/** A notice as a paging service takes it. `key` is the secret the service knows the sender by. */
export function pageRequest(
  kind: Kind,
  address: string,
  notice: Notice & { readonly page: Paging },
  about: About,
  key: string,
): PageRequest {
  return kind === 'pagerduty' ? pagerDuty(address, notice, about, key) : opsgenie(address, notice, about, key)
}

/** Longest summary PagerDuty takes (Events API v2 overview). */
const summaryLength = 1024

function pagerDuty(url: string, notice: Notice & { readonly page: Paging }, about: About, key: string): PageRequest {
  const { page } = notice
  const base = { routing_key: key, dedup_key: page.key, event_action: page.action }
  if (page.action === 'resolve') return { url, headers: {}, body: base }
  const payload = {
    summary: titleOf(notice, about).slice(0, summaryLength),
    source: about.plan.app,
    severity: page.severity,
    timestamp: isoTime(notice.at),
    component: about.plan.flag.key,
    class: 'launch',
    custom_details: detailsOf(notice, about),
  }
  const links = linksOf(notice, about).map(({ url: href, words: text }) => ({ href, text }))
  return { url, headers: {}, body: { ...base, payload, links, client: 'launch' } }
}

/** Longest message and alias Opsgenie takes (Alert API). */
const messageLength = 130
const priorities = { critical: 'P1', error: 'P2' } as const

function opsgenie(url: string, notice: Notice & { readonly page: Paging }, about: About, key: string): PageRequest {
  const headers = { authorization: `GenieKey ${key}` }
  const { page } = notice
  if (page.action === 'resolve') {
    const closing = `${url}/${encodeURIComponent(page.key)}/close?identifierType=alias`
    return { url: closing, headers, body: { source: 'launch', note: titleOf(notice, about) } }
  }
  const lines = [
    ...notice.lines.map(plainLine),
    ...linksOf(notice, about).map(({ url: href, words }) => `${words}: ${href}`),
  ]
  const body = {
    message: titleOf(notice, about).slice(0, messageLength),
    alias: page.key,
    description: lines.join('\n'),
    priority: priorities[page.severity],
    source: 'launch',
    entity: about.plan.app,
    tags: ['launch', about.plan.app],
    details: detailsOf(notice, about),
  }
  return { url, headers, body }
}

function titleOf({ title }: Notice, { plan, sandbox }: About): string {
  return `${sandbox === null ? '' : 'Sandbox: '}${plainLine(plan.title)}: ${plainLine(title)}`
}

function detailsOf({ lines }: Notice, { plan, launch }: About): { readonly [name: string]: string } {
  const call = plan.contacts.filter(({ contact }) => contact !== '')
  return {
    launch,
    why: lines.map(plainLine).join('\n'),
    ...Object.fromEntries(call.map(({ role, name, contact }) => [plainLine(role), plainLine(`${name} ${contact}`)])),
  }
}
