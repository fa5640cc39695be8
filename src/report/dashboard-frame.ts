import type { EpochMs } from '../core/brand.ts'
import { dateTime } from '../ui/format.ts'
import { dashboardScript } from './dashboard-script.ts'
import { dashboardCss } from './dashboard-style.ts'
import type { Section } from './html-cell.ts'
import { head, policyOf } from './html-head.ts'
import { contents } from './html-page.ts'
import { document, el, type Child } from './html.ts'

/** A page of the dashboard, with the policy a browser is to hold it to. */
export type DashboardPage = { readonly html: string; readonly policy: string }

export type DashboardFrame = {
  readonly title: string
  readonly heading: string
  /** Where it is served. */
  readonly path: string
  readonly asOf: EpochMs
  /** What the server calls this state of it. */
  readonly version: string
  readonly header: readonly Child[]
  readonly sections: readonly Section[]
}

const parts = { css: dashboardCss, script: dashboardScript } as const

/**
 * A page that is whole as it is loaded and follows the journal where scripts run; without them a link loads it again. Nothing
 * is asked of anybody but the server it came from.
 */
export function dashboardPage(frame: DashboardFrame): DashboardPage {
  const { title, heading, path, asOf, version, header, sections } = frame
  const time = el(
    'span',
    { id: 'as-of', 'data-part': true },
    'As of ',
    el('time', { datetime: new Date(asOf).toISOString() }, dateTime(asOf)),
    '.',
  )
  const body = el(
    'body',
    { 'data-version': version },
    path === '/'
      ? null
      : el('nav', { class: 'back', 'aria-label': 'Launches' }, el('a', { href: '/' }, 'All launches')),
    el(
      'header',
      {},
      el('h1', {}, heading),
      el('div', { id: 'standing', 'data-part': true }, header),
      el(
        'p',
        { class: 'follow' },
        time,
        ' ',
        el('span', { id: 'following', role: 'status' }),
        ' ',
        el('a', { href: path }, 'Load it again'),
      ),
    ),
    el('div', { id: 'contents', 'data-part': true }, sections.length > 1 ? contents(sections) : null),
    el(
      'main',
      {},
      sections.map(({ html }) => html),
    ),
    el('footer', {}, el('p', {}, 'Served by launch from the journal, read-only, for this machine alone.')),
  )
  return { html: document(head(title, parts), body), policy: policyOf(parts) }
}
