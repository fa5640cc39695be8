import type { EpochMs } from '../core/brand.ts'
import { plural } from '../core/quantity.ts'
import type { LaunchState } from '../core/state.ts'
import { dateTime, elapsed, number, short, who } from '../ui/format.ts'
import { standing } from '../ui/next-action.ts'
import { rollbackCount } from '../ui/rollback-count.ts'
import { dashboardPage, type DashboardPage } from './dashboard-frame.ts'
import { toneOf } from './dashboard-launch.ts'
import { section } from './html-cell.ts'
import { el, type Html } from './html.ts'

/** A launch, or why it cannot be read. */
export type ListedLaunch =
  | { readonly path: string; readonly title: string; readonly state: LaunchState; readonly superseded: boolean }
  | { readonly id: string; readonly unreadable: string }

export type ListPage = {
  readonly app: string
  /** Newest first. */
  readonly launches: readonly ListedLaunch[]
  readonly asOf: EpochMs
  readonly version: string
}

/** Every launch with where it stands, each a link to its page. */
export function listPage({ app, launches, asOf, version }: ListPage): DashboardPage {
  const open = launches.filter((one) => 'state' in one && !one.state.ended && !one.superseded).length
  const told = open === 0 ? 'no launch is open' : `${plural(open, 'launch')} open`
  const list = launches.length === 0 ? el('p', {}, 'There is no launch yet.') : listHtml(launches, asOf)
  const made = section('launches', 'Newest first', list)
  return dashboardPage({
    title: `${told} · launches of ${app}`,
    heading: `Launches of ${app}`,
    path: '/',
    asOf,
    version,
    header: [el('p', { class: `status ${open === 0 ? 'neutral' : 'good'}` }, el('strong', {}, told))],
    sections: made ? [made] : [],
  })
}

function listHtml(launches: readonly ListedLaunch[], asOf: EpochMs): Html {
  return el(
    'ul',
    { class: 'launches' },
    launches.map((one) => ('state' in one ? launchItem(one, asOf) : unreadable(one))),
  )
}

function unreadable({ id, unreadable }: Extract<ListedLaunch, { unreadable: string }>): Html {
  return el(
    'li',
    { class: 'warn' },
    el('code', {}, id),
    el('p', { class: 'standing' }, `cannot be read: ${unreadable}`),
  )
}

function launchItem(one: Extract<ListedLaunch, { state: LaunchState }>, asOf: EpochMs): Html {
  const { path, title, state, superseded } = one
  const { ended, sandbox, rollbacks, found, flag } = state
  const words = superseded ? 'another launch was opened over it' : standing(state)
  const latched = found !== null || rollbacks.some(({ outcome }) => outcome !== 'failed')
  const users = ended || latched || !flag ? '' : `, ${number(flag.percent)}% of users`
  const done = rollbackCount(state)
  const until = ended?.at ?? (superseded ? state.last.at : asOf)
  const facts = [
    `opened ${dateTime(state.openedAt)} by ${who(state.openedBy.name)}`,
    `${ended ? 'took' : 'for'} ${elapsed(state.openedAt, until)}`,
    ...(done === 0 ? [] : [plural(done, 'rollback')]),
    ...(sandbox === null ? [] : [`sandbox ${sandbox}`]),
  ]
  return el(
    'li',
    { class: toneOf({ ended, standing: words }) },
    el('a', { href: path }, el('strong', {}, `${title} ${state.version}`)),
    ' ',
    el('code', {}, short(state.commit)),
    el('p', { class: 'standing' }, words, users),
    ended ? el('p', {}, ended.why) : null,
    el('p', { class: 'dim' }, facts.join(' · ')),
    el('p', { class: 'dim' }, el('code', {}, state.id)),
  )
}
