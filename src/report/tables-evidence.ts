import { audienceText } from '../core/audience.ts'
import { formatDuration } from '../core/units.ts'
import type { Verdict } from '../core/verdict.ts'
import { dateTime, elapsed, identity, measure, number, short, who } from '../ui/format.ts'
import type { Cell, Table } from './cell.ts'
import type { ReportModel } from './model.ts'

/** The tables behind the summary: what was judged on which numbers, who signed, what the flag did. */

export function phasesTable({ phases }: ReportModel): Table {
  return {
    caption: 'Phases of the launch',
    head: ['Phase', 'Verdict', 'Started (UTC)', 'Took'],
    rows: phases.map(({ title, verdict, startedAt, endedAt }) => [
      title,
      verdict === 'pass' || verdict === 'fail' ? { verdict } : verdict,
      startedAt === null ? '–' : dateTime(startedAt),
      startedAt === null || endedAt === null ? '–' : elapsed(startedAt, endedAt),
    ]),
  }
}

export function stagesTable({ stages }: ReportModel): Table {
  return {
    caption: 'Stages of the canary',
    head: ['Stage', 'Verdict', 'Started (UTC)', 'Took', 'Why'],
    rows: stages.map((stage) => [
      `${number(stage.percent)}%`,
      stage.status === 'left' ? stage.verdict : stage.status,
      dateTime(stage.startedAt),
      stage.status === 'left' ? elapsed(stage.startedAt, stage.endedAt) : '–',
      stage.status === 'left' || stage.status === 'held' ? stage.why : '',
    ]),
  }
}

export function checksTable({ name, checks }: ReportModel['gates'][number]): Table {
  return {
    caption: `Checks of ${name}`,
    head: ['Check', 'Verdict', 'Observed and limit', 'Samples', 'Why'],
    rows: checks.map(({ title, judgement }) => [
      title,
      { verdict: judgement.verdict },
      measure(judgement),
      judgement.samples === 0 ? '–' : number(judgement.samples),
      judgement.why,
    ]),
  }
}

export function signOffsTable({ approvals }: ReportModel): Table {
  return {
    caption: 'Who signed for what',
    head: ['Role', 'Statement', 'State', 'Who', 'When (UTC)', 'For', 'Note'],
    rows: approvals.map(({ role, statement, given, binds }) => [
      role,
      statement,
      signed(given ? (binds ? 'pass' : 'fail') : 'fail', given ? (binds ? 'signed' : 'lapsed') : 'missing'),
      given ? identity(given.by) : '–',
      given ? dateTime(given.at) : '–',
      given ? bound(given.binding) : '–',
      given ? given.note : '',
    ]),
  }
}

function signed(verdict: Verdict, word: string): Cell {
  return { verdict, word }
}

function bound({ commit, artifact }: { readonly commit: string; readonly artifact: string | null }): Cell {
  const to = artifact === null ? [] : [', artifact ', { code: short(artifact) }]
  return ['commit ', { code: short(commit) }, ...to]
}

export function flagTable({ flag, audience }: ReportModel): Table {
  const time = (ms: number | null) => (ms === null ? '–' : formatDuration(ms))
  return {
    caption: 'Changes of the flag and how long each took to arrive',
    head: ['When (UTC)', 'Percent', 'Acknowledged in', 'At the edge in', 'By', 'Why'],
    rows: flag.map(({ at, percent, latched, ackedMs, edgeMs, late, by, why }) => [
      dateTime(at),
      `${number(percent)}%${latched ? ' (latched off)' : audienceText(percent, audience)}`,
      time(ackedMs),
      `${time(edgeMs)}${late ? `, more than ${formatDuration(late.budgetMs)}${late.headers}` : ''}`,
      who(by),
      why,
    ]),
  }
}

export function waiversTable({ waived }: ReportModel): Table {
  return {
    caption: 'Checks that were waived',
    head: ['Gate', 'Check', 'Reason', 'By'],
    rows: waived.map(({ gate, check, reason, by }) => [gate, check, reason, who(by)]),
  }
}

export function answersTable({ answers }: ReportModel): Table {
  return {
    caption: 'Questions people were asked',
    head: ['Question', 'Answer', 'By', 'Via', 'When (UTC)', 'Note'],
    rows: answers.map(({ question, answer, by, via, at, note }) => [
      question,
      answer,
      who(by),
      via,
      dateTime(at),
      note,
    ]),
  }
}
