import { clockTime, dateTime, who } from '../ui/format.ts'
import type { Cell } from './cell.ts'
import { facts, sandboxNotice } from './facts.ts'
import { cellHtml, listOr, section, tableHtml, type Section } from './html-cell.ts'
import { chartFigures } from './html-charts.ts'
import { evidenceHtml } from './html-evidence.ts'
import { head } from './html-head.ts'
import { document, el, type Child, type Html } from './html.ts'
import type { ReportModel } from './model.ts'
import { statusTone, summaryItems, type Item, type Tone } from './summary.ts'
import { adoptionText, armsTable, armsText, deltaTable, headlineTable } from './tables-metrics.ts'

/**
 * The report as one file: no script, nothing loaded from anywhere (a policy in it forbids both), readable on paper, on a
 * phone, in the dark and without seeing it.
 */
export function reportHtml(model: ReportModel): string {
  const sections = reportSections(model)
  const title = `${model.title} Production Launch Report`
  return document(
    head(title),
    el(
      'body',
      {},
      header(model, title),
      contents(sections),
      el(
        'main',
        {},
        sections.map(({ html }) => html),
      ),
      footer(model),
    ),
  )
}

/** Everything below the header, in its order. */
export function reportSections(model: ReportModel): readonly Section[] {
  return [
    section('summary', 'Summary', summary(model)),
    section('metrics', 'Metrics', ...metrics(model)),
    section('charts', 'What users saw', charts(model)),
    section('issues', 'Issues Encountered', listOr(issues(model), 'No issues were recorded.')),
    section('lessons', 'Lessons Learned', listOr(lessons(model), 'No notes were recorded.')),
    section('next-steps', 'Next Steps', listOr(model.nextSteps, 'Nothing is open.')),
    ...evidenceHtml(model),
  ].filter((made) => made !== null)
}

function header(model: ReportModel, title: string): Html {
  const notice = sandboxNotice(model)
  return el(
    'header',
    {},
    el('h1', {}, title),
    el(
      'p',
      { class: `status ${statusTone[model.status]}` },
      el('strong', {}, model.status),
      ` ${model.app} ${model.version} in ${model.environment}`,
    ),
    notice && el('p', { class: 'notice' }, cellHtml(notice)),
    factList(facts(model)),
  )
}

/** Labels and what they stand for. */
export function factList(rows: readonly (readonly [label: string, value: Cell])[]): Html {
  return el(
    'dl',
    {},
    rows.map(([label, value]) => el('div', {}, el('dt', {}, label), el('dd', {}, cellHtml(value)))),
  )
}

/** Links to the sections that are there. */
export function contents(sections: readonly Section[]): Html {
  const links = sections.map(({ id, title }) => el('li', {}, el('a', { href: `#${id}` }, title)))
  return el('nav', { 'aria-label': 'Sections' }, el('ul', {}, links))
}

const marks = { good: '✔', warn: '!', bad: '✖', neutral: '–' } as const satisfies Record<Tone, string>

function summary(model: ReportModel): Html {
  const items = summaryItems(model).map(({ tone, text, below }) =>
    el(
      'li',
      { class: tone },
      el('span', { class: 'tone', 'aria-hidden': 'true' }, marks[tone]),
      ' ',
      cellHtml(text),
      belowHtml(below),
    ),
  )
  return el('ul', { class: 'summary' }, items)
}

function belowHtml(items: readonly Item[]): Html | null {
  return items.length === 0
    ? null
    : el(
        'ul',
        {},
        items.map(({ text, below }) => el('li', {}, cellHtml(text), belowHtml(below))),
      )
}

function metrics(model: ReportModel): readonly Child[] {
  const [first] = model.deltas
  return [
    tableHtml(headlineTable(model), 'metrics') ?? el('p', {}, 'No check of the summary has seen a value.'),
    el('p', {}, cellHtml(adoptionText(model))),
    ...(first
      ? [
          el('h3', {}, 'Against the baseline'),
          el('p', {}, `The time before this launch, against the new version at ${first.percent}% of users.`),
          tableHtml(deltaTable(model), 'baseline'),
        ]
      : []),
    ...(model.arms.length > 0
      ? [el('h3', {}, 'Against the old version'), el('p', {}, armsText), tableHtml(armsTable(model), 'arms')]
      : []),
  ]
}

function charts({ charts }: ReportModel): Child {
  return charts ? chartFigures(charts) : el('p', {}, 'The flag was never raised: no user saw the new version.')
}

function issues({ issues }: ReportModel): readonly Child[] {
  return issues.map(({ at, severity, text }) => [`${clockTime(at)} `, el('strong', {}, severity), ` ${text}`])
}

function lessons({ lessons }: ReportModel): readonly Child[] {
  return lessons.map(({ text, by }) => `${text} (${who(by)})`)
}

function footer({ launch, timeline }: ReportModel): Html {
  const last = timeline.at(-1)
  return el(
    'footer',
    {},
    el(
      'p',
      {},
      'Written by launch from the journal of launch ',
      el('code', {}, launch),
      last ? `, whose last entry here is of ${dateTime(last.at)}.` : '.',
    ),
  )
}
