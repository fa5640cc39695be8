import { formatDuration } from '../core/units.ts'
import type { Verdict } from '../core/verdict.ts'
import { clockTime, dateTime, elapsed, measure, number, short, utcDate, who } from '../ui/format.ts'
import { code, md, mdTable } from './escape.ts'
import type { ReportModel } from './model.ts'

const marks = {
  pass: '✅ pass',
  fail: '❌ fail',
  unknown: '❓ unknown',
  waived: '➖ waived',
} as const satisfies Record<Verdict, string>

/** The sections behind the summary: what was judged on which numbers, who signed, what the flag did, what happened when. */
export function evidenceSections(model: ReportModel): readonly (readonly string[])[] {
  return [
    section('Phases', phases(model)),
    section('Canary stages', stages(model)),
    gates(model),
    section('Sign-offs', signOffs(model)),
    section(
      'Flag history',
      flagHistory(model),
      `Flag ${code(model.flagKey)}. Propagation is from the acknowledged write to the first sight of it through the CDN.`,
    ),
    section('Waivers', waivers(model), 'A waived check is neutral: it never counts as a pass.'),
    section('Answers', answers(model)),
    ['## Timeline (UTC)', '', ...timeline(model)],
  ].filter((lines) => lines.length > 0)
}

function section(title: string, body: readonly string[], intro?: string): readonly string[] {
  if (body.length === 0) return []
  return [`## ${title}`, '', ...(intro === undefined ? [] : [intro, '']), ...body]
}

function phases(model: ReportModel): readonly string[] {
  const rows = model.phases.map(({ title, verdict, startedAt, endedAt }) => [
    md(title),
    verdict in marks ? marks[verdict as Verdict] : verdict, // `in` has just said that it is a key
    startedAt === null ? '–' : dateTime(startedAt),
    startedAt === null || endedAt === null ? '–' : elapsed(startedAt, endedAt),
  ])
  return mdTable(['Phase', 'Verdict', 'Started (UTC)', 'Took'], rows)
}

function stages(model: ReportModel): readonly string[] {
  const rows = model.stages.map((stage) => [
    `${number(stage.percent)}%`,
    stage.status === 'left' ? stage.verdict : stage.status,
    dateTime(stage.startedAt),
    stage.status === 'left' ? elapsed(stage.startedAt, stage.endedAt) : '–',
    stage.status === 'left' || stage.status === 'held' ? md(stage.why) : '',
  ])
  return mdTable(['Stage', 'Verdict', 'Started (UTC)', 'Took', 'Why'], rows)
}

function gates({ gates }: ReportModel): readonly string[] {
  if (gates.length === 0) return []
  return [
    '## Gates',
    '',
    'The last look at every gate: what was observed against which limit, on how many samples.',
    ...gates.flatMap(({ name, verdict, at, environment, checks, window }) => [
      '',
      `### ${md(name.charAt(0).toUpperCase() + name.slice(1))}: ${verdict}`,
      '',
      `Environment ${md(environment)}, judged at ${dateTime(at)} on evidence since ${clockTime(window.from)}.`,
      '',
      ...mdTable(
        ['Check', 'Verdict', 'Observed and limit', 'Samples', 'Why'],
        checks.map(({ title, judgement }) => [
          md(title),
          marks[judgement.verdict],
          md(measure(judgement)),
          judgement.samples === 0 ? '–' : number(judgement.samples),
          md(judgement.why),
        ]),
      ),
    ]),
  ]
}

function signOffs(model: ReportModel): readonly string[] {
  const rows = model.approvals.map(({ role, statement, given, binds }) => [
    md(role),
    md(statement),
    given ? (binds ? '✅ signed' : '❌ lapsed') : '❌ missing',
    given ? md(who(given.by)) : '–',
    given ? dateTime(given.at) : '–',
    given
      ? `commit ${code(short(given.binding.commit))}${given.binding.artifact === null ? '' : `, artifact ${code(short(given.binding.artifact))}`}`
      : '–',
    given ? md(given.note) : '',
  ])
  return mdTable(['Role', 'Statement', 'State', 'Who', 'When (UTC)', 'For', 'Note'], rows)
}

function flagHistory(model: ReportModel): readonly string[] {
  const time = (ms: number | null) => (ms === null ? '–' : formatDuration(ms))
  const rows = model.flag.map(({ at, percent, latched, ackedMs, edgeMs, by, why }) => [
    dateTime(at),
    `${number(percent)}%${latched ? ' (latched off)' : ''}`,
    time(ackedMs),
    time(edgeMs),
    md(who(by)),
    md(why),
  ])
  return mdTable(['When (UTC)', 'Percent', 'Acknowledged in', 'At the edge in', 'By', 'Why'], rows)
}

function waivers(model: ReportModel): readonly string[] {
  return mdTable(
    ['Gate', 'Check', 'Reason', 'By'],
    model.waived.map(({ gate, check, reason, by }) => [md(gate), md(check), md(reason), md(who(by))]),
  )
}

function answers(model: ReportModel): readonly string[] {
  return mdTable(
    ['Question', 'Answer', 'By', 'Via', 'When (UTC)', 'Note'],
    model.answers.map(({ question, answer, by, via, at, note }) => [
      md(question),
      answer,
      md(who(by)),
      md(via),
      dateTime(at),
      md(note),
    ]),
  )
}

function timeline(model: ReportModel): readonly string[] {
  let day = ''
  return model.timeline.flatMap(({ at, text }) => {
    const today = utcDate(at)
    const heading = today === day ? [] : [...(day === '' ? [] : ['']), `### ${today}`, '']
    day = today
    return [...heading, `- ${clockTime(at)} ${md(text.text)}`, ...text.more.map((line) => `  - ${md(line)}`)]
  })
}
