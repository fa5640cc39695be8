import { clockTime, dateTime, utcDate } from '../ui/format.ts'
import type { Table } from './cell.ts'
import { code, md } from './escape.ts'
import { mdTableOf } from './markdown-cell.ts'
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

/** The sections behind the summary: what was judged on which numbers, who signed, what the flag did, what happened when. */
export function evidenceSections(model: ReportModel): readonly (readonly string[])[] {
  return [
    section('Phases', phasesTable(model)),
    section('Canary stages', stagesTable(model)),
    gates(model),
    section('Sign-offs', signOffsTable(model)),
    section(
      'Flag history',
      flagTable(model),
      `Flag ${code(model.flagKey)}. Propagation is from the acknowledged write to the first sight of it through the CDN.`,
    ),
    section('Waivers', waiversTable(model), 'A waived check is neutral: it never counts as a pass.'),
    section('Answers', answersTable(model)),
    ['## Timeline (UTC)', '', ...timeline(model)],
  ].filter((lines) => lines.length > 0)
}

function section(title: string, table: Table, intro?: string): readonly string[] {
  const body = mdTableOf(table)
  if (body.length === 0) return []
  return [`## ${title}`, '', ...(intro === undefined ? [] : [intro, '']), ...body]
}

function gates({ gates }: ReportModel): readonly string[] {
  if (gates.length === 0) return []
  return [
    '## Gates',
    '',
    'The last look at every gate: what was observed against which limit, on how many samples.',
    ...gates.flatMap((gate) => [
      '',
      `### ${md(gate.name.charAt(0).toUpperCase() + gate.name.slice(1))}: ${gate.verdict}`,
      '',
      `Environment ${md(gate.environment)}, judged at ${dateTime(gate.at)} on evidence since ${clockTime(gate.window.from)}.`,
      '',
      ...mdTableOf(checksTable(gate)),
    ]),
  ]
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
