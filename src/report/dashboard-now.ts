import { clockTime, measure, number, sampleCount, who } from '../ui/format.ts'
import type { LiveCheck, LiveClock, LiveModel, LiveNext, LivePhase, LiveStage, LiveStep } from '../ui/live/model.ts'
import { span } from '../ui/live/pen.ts'
import { nextCommand } from '../ui/next-command.ts'
import type { Cell } from './cell.ts'
import { listOr, section, tableHtml, type Section } from './html-cell.ts'
import { factList } from './html-page.ts'
import { el, type Child, type Html } from './html.ts'

/** The launch as it stands: what the live view of a terminal shows, as sections. */
export function nowSections(model: LiveModel): readonly Section[] {
  const { gate, phases } = model
  const made = [
    section('now', 'Now', exposure(model), stages(model), factList(nowFacts(model))),
    section('progress', 'Progress', phases.length === 0 ? null : phaseList(model)),
    gate && section('gate-now', 'The gate that matters', gateWords(model), checkTable(model)),
  ]
  return made.filter((one) => one !== null)
}

/** `30% of users have the new version`, or that it is latched off. */
export function exposureWords({ exposure: { percent, latched } }: Pick<LiveModel, 'exposure'>): string {
  return latched ? 'the flag is latched off: no user has it' : `${number(percent)}% of users have the new version`
}

function exposure(model: LiveModel): readonly Html[] {
  const { percent, latched, flag } = model.exposure
  const words = exposureWords(model)
  return [
    el('p', {}, el('strong', {}, capital(words)), ' (flag ', el('code', {}, flag), ').'),
    el('progress', { max: 100, value: percent, 'aria-label': words, class: latched ? 'latched' : null }),
  ]
}

const stageMarks = {
  waiting: '○',
  shifting: '▸',
  set: '▸',
  baking: '▸',
  held: '‖',
  pass: '✔',
  unproven: '?',
  fail: '✖',
} as const satisfies Record<LiveStage['status'], string>

function stages({ exposure: { stages }, now }: LiveModel): Html | null {
  if (stages.length === 0) return null
  const items = stages.map(({ percent, status, startedAt, endedAt }) => {
    const age = startedAt === null ? '' : ` ${span((endedAt ?? now) - startedAt)}`
    return el('li', { class: tones[status] }, `${stageMarks[status]} ${number(percent)}% ${status}${age}`)
  })
  return el('ol', { class: 'stages', 'aria-label': 'Stages of the canary' }, items)
}

type Row = readonly [label: string, value: Cell]

function nowFacts(model: LiveModel): readonly Row[] {
  const { ended, doing, next, acts, contacts, clocks, driver, now, sandbox } = model
  const played = sandbox === null ? '' : ' (with --sandbox)'
  const then: readonly Row[] = ended
    ? [
        ['Ended', [{ strong: ended.outcome }, ` at ${clockTime(ended.at)}: ${ended.why}`]],
        ['Then', { code: nextCommand(ended.outcome, sandbox !== null) }],
      ]
    : []
  return [
    ...then,
    ...(doing ? [['Under way', timed(doing, now)] as const] : []),
    ...next.map((one): Row => ['Next', timed(one, now)]),
    ...clocks.map((clock): Row => [clockWords[clock.type], clockText(clock, now)]),
    ...acts.map((act): Row => ['What acts', `${act}${played}`]),
    ...contacts.map(({ role, name, contact }): Row => [`Call: ${role}`, called(name, contact)]),
    ...(driver
      ? [['Newest entry', `${who(driver.name)} on ${driver.host}, ${span(now - driver.at)} ago`] as const]
      : []),
  ]
}

function timed({ text, at }: LiveNext, now: number): string {
  return at === null || at <= now ? text : `${text}, in ${span(at - now)} at ${clockTime(at)}`
}

const clockWords = {
  bake: 'Bake',
  extend: 'Bake, at most',
  hold: 'Hold',
  watch: 'Watch',
} as const satisfies Record<LiveClock['type'], string>

function clockText({ since, doneMs, ofMs }: LiveClock, now: number): string {
  const spent = Math.min(doneMs ?? now - since, ofMs)
  const left = ofMs - spent
  return `${span(spent)} of ${span(ofMs)}${doneMs === null ? '' : ' of evidence'}${left <= 0 ? '' : `, ${span(left)} left`}`
}

function called(name: string, contact: string): string {
  const whom = [name, contact].filter((part) => part.trim() !== '').join(', ')
  return whom === '' ? 'nobody is named' : whom
}

const phaseMarks = {
  waiting: '○',
  running: '▸',
  pass: '✔',
  done: '✔',
  fail: '✖',
  failed: '✖',
  held: '‖',
} as const satisfies Record<LivePhase['status'] | LiveStep['status'], string>

const tones = {
  waiting: 'dim',
  running: null,
  shifting: null,
  set: null,
  baking: null,
  pass: 'good',
  done: 'good',
  fail: 'bad',
  failed: 'bad',
  held: 'warn',
  unproven: 'warn',
} as const satisfies Record<LivePhase['status'] | LiveStep['status'] | LiveStage['status'], string | null>

/** Every phase; those under way or stopped with their steps. */
function phaseList({ phases, now }: LiveModel): Html {
  const items = phases.map((phase) => {
    const isOpen = phase.status === 'running' || phase.status === 'held' || phase.status === 'fail'
    const steps = phase.steps.map((step) => el('li', {}, row(step, now)))
    return el('li', {}, row(phase, now), isOpen && steps.length > 0 ? el('ol', {}, steps) : null)
  })
  return el('ol', { class: 'phases' }, items)
}

function row({ title, status, startedAt, endedAt, info }: LivePhase | LiveStep, now: number): readonly Child[] {
  const age = startedAt === null ? '' : ` ${span((endedAt ?? now) - startedAt)}`
  const name = status === 'running' ? el('strong', {}, title) : title
  const said = el('span', { class: tones[status] }, `${status}${age}`)
  return [`${phaseMarks[status]} `, name, ' ', said, info === '' ? null : el('span', { class: 'dim' }, ` · ${info}`)]
}

function gateWords({ gate, now }: LiveModel): Html | null {
  if (!gate) return null
  const { name, verdict, at, checks } = gate
  const passed = checks.filter((check) => check.verdict === 'pass').length
  const looked = at === null ? 'not looked at yet' : `looked at ${clockTime(at)}, ${span(now - at)} ago`
  return el('p', {}, el('strong', {}, capital(name)), `: ${verdict}, ${passed} of ${checks.length} pass, ${looked}.`)
}

function checkTable({ gate }: LiveModel): Html {
  const rows = (gate?.checks ?? []).map(checkRow)
  const head = ['Check', 'Verdict', 'Observed', 'Evidence', 'Trend', 'Why']
  return (
    tableHtml({ caption: 'Its checks at the newest look', head, rows }, 'gate-now-checks') ??
    listOr([], 'It has no checks.')
  )
}

function checkRow({ title, verdict, observed, limit, unit, samples, trend, why }: LiveCheck): readonly Cell[] {
  const word: Cell = verdict === 'waiting' ? 'waiting' : { verdict }
  return [title, word, measure({ observed, limit, unit }), sampleCount(samples), trend ?? '', why]
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
