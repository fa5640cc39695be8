import type { LiveModel } from '../ui/live/model.ts'
import { dashboardPage, type DashboardPage } from './dashboard-frame.ts'
import { exposureWords, nowSections } from './dashboard-now.ts'
import { facts, sandboxNotice } from './facts.ts'
import { cellHtml, section, type Section } from './html-cell.ts'
import { factList, reportSections } from './html-page.ts'
import { el } from './html.ts'
import type { ReportModel } from './model.ts'
import type { Tone } from './summary.ts'

export type LaunchPage = {
  readonly path: string
  readonly live: LiveModel
  readonly report: ReportModel
  readonly version: string
  /** Another launch was opened over it. */
  readonly superseded: boolean
}

/** One launch: how it stands, and below that its report as far as it has come. */
export function launchPage({ path, live, report, version, superseded }: LaunchPage): DashboardPage {
  const notice = sandboxNotice(report)
  const words = superseded ? 'another launch was opened over it' : live.standing
  const heading = `${live.title} ${live.version}`
  return dashboardPage({
    title: `${words} · ${heading}`,
    heading,
    path,
    asOf: live.now,
    version,
    header: [
      el('p', { class: `status ${toneOf(live)}` }, el('strong', {}, words), ` · ${exposureWords(live)}`),
      notice && el('p', { class: 'notice' }, cellHtml(notice)),
    ],
    sections: [...nowSections(live), ...aboutSection(report), ...reportSections(report)],
  })
}

/** What the report begins with: on a phone it would stand before what matters now. */
function aboutSection(report: ReportModel): readonly Section[] {
  const made = section('about', 'The launch', factList(facts(report)))
  return made ? [made] : []
}

/** A rollback is bad news before it has ended. */
export function toneOf({ ended, standing }: Pick<LiveModel, 'ended' | 'standing'>): Tone {
  if (standing.startsWith('rolling back')) return 'bad'
  if (ended) return ended.outcome === 'succeeded' ? 'good' : 'bad'
  return standing.startsWith('held') ? 'warn' : 'neutral'
}
