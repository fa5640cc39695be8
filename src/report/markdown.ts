import { clockTime, who } from '../ui/format.ts'
import { md } from './escape.ts'
import { facts, sandboxNotice } from './facts.ts'
import { mdCell, mdTableOf } from './markdown-cell.ts'
import { evidenceSections } from './markdown-evidence.ts'
import type { ReportModel } from './model.ts'
import { summaryItems, type Item, type Tone } from './summary.ts'
import { adoptionText, armsTable, armsText, deltaTable, headlineTable } from './tables-metrics.ts'

const marks = { good: '✅', warn: '⚠️', bad: '❌', neutral: '➖' } as const satisfies Record<Tone, string>

/** The post-launch report of the run sheet, filled in. Ends with a line break. */
export function reportMarkdown(model: ReportModel): string {
  const sections = [
    header(model),
    summary(model),
    metrics(model),
    ['## Issues Encountered', '', ...listOr(issues(model), 'No issues were recorded.')],
    [
      '## Lessons Learned',
      '',
      ...listOr(
        model.lessons.map(({ text, by }) => `${md(text)} (${md(who(by))})`),
        'No notes were recorded.',
      ),
    ],
    ['## Next Steps', '', ...listOr(model.nextSteps.map(md), 'Nothing is open.')],
    ...evidenceSections(model),
  ]
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function listOr(items: readonly string[], none: string): readonly string[] {
  return items.length === 0 ? [none] : items.map((item) => `- ${item}`)
}

// Two spaces at the end of a line are a line break in Markdown.
const lineBreak = '  '

function header(model: ReportModel): readonly string[] {
  const lines = facts(model).map(([label, value]) => `**${label}:** ${mdCell(value)}`)
  const notice = sandboxNotice(model)
  return [
    `# ${md(model.title)} Production Launch Report`,
    '',
    ...(notice ? [`> ${mdCell(notice)}`, ''] : []),
    ...lines.map((line, index) => (index < lines.length - 1 ? line + lineBreak : line)),
  ]
}

function summary(model: ReportModel): readonly string[] {
  const mark = (tone: Tone, index: number) => (index === 0 && model.status === 'IN PROGRESS' ? '⏳' : marks[tone])
  return [
    '## Summary',
    '',
    ...summaryItems(model).flatMap(({ tone, text, below }, index) => [
      `- ${mark(tone, index)} ${mdCell(text)}`,
      ...below.flatMap((item) => itemLines(item, '  ')),
    ]),
  ]
}

function itemLines({ text, below }: Item, indent: string): readonly string[] {
  return [`${indent}- ${mdCell(text)}`, ...below.flatMap((item) => itemLines(item, `${indent}  `))]
}

function metrics(model: ReportModel): readonly string[] {
  const [first] = model.deltas
  const delta = first
    ? [
        '',
        `### Against the baseline`,
        '',
        `The time before this launch, against the new version at ${first.percent}% of users.`,
        '',
        ...mdTableOf(deltaTable(model)),
      ]
    : []
  const arms =
    model.arms.length > 0 ? ['', '### Against the old version', '', armsText, '', ...mdTableOf(armsTable(model))] : []
  const table = mdTableOf(headlineTable(model))
  return [
    '## Metrics',
    '',
    ...(table.length > 0 ? [...table, ''] : ['No check of the summary has seen a value.', '']),
    mdCell(adoptionText(model)),
    ...delta,
    ...arms,
  ]
}

function issues({ issues }: ReportModel): readonly string[] {
  return issues.map(({ at, severity, text }) => `${clockTime(at)} **${md(severity)}** ${md(text)}`)
}
