import { formatDuration } from '../core/units.ts'
import { clockTime, dateTime, localTime } from '../ui/format.ts'
import { section, tableHtml, type Section } from './html-cell.ts'
import { el, type Child } from './html.ts'
import type { ReportModel } from './model.ts'
import {
  answersTable,
  checksTable,
  flagTable,
  phasesTable,
  signOffsTable,
  stagesTable,
  waiversTable,
} from './tables-evidence.ts'

/** The sections behind the summary, each null when there is nothing to say. */
export function evidenceHtml(model: ReportModel): readonly (Section | null)[] {
  return [
    section('phases', 'Phases', tableHtml(phasesTable(model), 'phases')),
    section('stages', 'Canary stages', tableHtml(stagesTable(model), 'stages')),
    section('gates', 'Gates', ...gates(model)),
    section('sign-offs', 'Sign-offs', tableHtml(signOffsTable(model), 'sign-offs')),
    section('flag', 'Flag history', ...flag(model)),
    section('waivers', 'Waivers', ...waivers(model)),
    section('answers', 'Answers', tableHtml(answersTable(model), 'answers')),
    section('timeline', 'Timeline', timeline(model)),
  ]
}

function gates({ gates }: ReportModel): readonly Child[] {
  if (gates.length === 0) return [null]
  return [
    el('p', {}, 'The last look at every gate: what was observed against which limit, on how many samples.'),
    gates.map((gate, index) => {
      const { name, verdict, environment, at, window } = gate
      return el(
        'details',
        { open: true },
        el('summary', {}, el('h3', {}, `${name.charAt(0).toUpperCase()}${name.slice(1)}: ${verdict}`)),
        el(
          'p',
          {},
          `Environment ${environment}, judged at ${dateTime(at)} on evidence since ${clockTime(window.from)}.`,
        ),
        tableHtml(checksTable(gate), `gate-${index + 1}`),
      )
    }),
  ]
}

function flag(model: ReportModel): readonly Child[] {
  const table = tableHtml(flagTable(model), 'flag')
  if (table === null) return [null]
  const slowest = Math.max(...model.flag.map(({ edgeMs }) => edgeMs ?? 0))
  const most = slowest === 0 ? '' : ` The slowest change took ${formatDuration(slowest)}.`
  return [
    el(
      'p',
      {},
      'Flag ',
      el('code', {}, model.flagKey),
      `. Propagation is from the acknowledged write to the first sight of it through the CDN.${most}`,
    ),
    table,
  ]
}

function waivers(model: ReportModel): readonly Child[] {
  const table = tableHtml(waiversTable(model), 'waivers')
  return table === null ? [null] : [el('p', {}, 'A waived check is neutral: it never counts as a pass.'), table]
}

function timeline({ timeline, window }: ReportModel): Child {
  const zone = window && window.timezone !== 'UTC' ? window.timezone : null
  const rows = timeline.map(({ at, text }) =>
    el(
      'tr',
      {},
      el('th', { scope: 'row' }, el('time', { datetime: new Date(at).toISOString() }, dateTime(at))),
      zone === null ? null : el('td', { class: 'time' }, localTime(at, zone)),
      el(
        'td',
        {},
        text.text,
        text.more.length === 0
          ? null
          : el(
              'ul',
              {},
              text.more.map((more) => el('li', {}, more)),
            ),
      ),
    ),
  )
  const head = ['UTC', ...(zone === null ? [] : [`Local (${zone})`]), 'What happened']
  return el(
    'div',
    { class: 'scroll', tabindex: 0, role: 'region', 'aria-labelledby': 'timeline-caption' },
    el(
      'table',
      { class: 'timeline' },
      el('caption', { id: 'timeline-caption' }, 'What happened when'),
      el(
        'thead',
        {},
        el(
          'tr',
          {},
          head.map((text) => el('th', { scope: 'col' }, text)),
        ),
      ),
      el('tbody', {}, rows),
    ),
  )
}
