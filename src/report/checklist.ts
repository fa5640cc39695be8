import type { Plan, PlannedCheck, PlannedGate, PlannedPhase } from '../core/plan.ts'
import { formatDuration } from '../core/units.ts'
import { dateTime, localTime } from '../ui/format.ts'
import type { DescribeStep } from '../ui/words.ts'
import { code, md, mdTable } from './escape.ts'
import { phaseTime } from './phase-time.ts'
import { changesProduction, reactionOf } from './production-change.ts'
import { stepCommand } from './step-commands.ts'

const blank = '\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_\\_'

/** The run sheet as a checklist to print: every step with its command, every gate with its limits, who answers, what to do when it fails. */
export function checklistMarkdown(plan: Plan, describeStep: DescribeStep): string {
  const sections = [
    header(plan),
    ...plan.phases.map((phase, index) => phaseSection(plan, phase, index, describeStep)),
    rollbackSection(plan),
    signOffSection(plan),
    peopleSection(plan),
  ].filter((lines) => lines.length > 0)
  return `${sections.map((lines) => lines.join('\n')).join('\n\n')}\n`
}

function header(plan: Plan): readonly string[] {
  const { window } = plan
  const when = window
    ? `${localTime(window.opensAt, window.timezone)} to ${localTime(window.closesAt, window.timezone)} (${md(window.timezone)}) / ${dateTime(window.opensAt)} to ${dateTime(window.closesAt)} (UTC)`
    : blank
  return [
    `# Go-Live Run Sheet: ${md(plan.title)}`,
    '',
    `**Release Captain:** ${orBlank(plan.captain)}  `,
    `**Window:** ${when}  `,
    `**Expected to take:** ${formatDuration(plan.plannedMs)}  `,
    `**Rollback:** ${code('launch rollback emergency')} or ${code('launch rollback full')}`,
    '',
    '> **STOP rule:** if any box cannot be ticked, stop and fix it. Otherwise proceed.',
    ...plan.freezes.flatMap(({ fromAt, toAt, timezone, why }) => [
      '',
      `No production changes from ${localTime(fromAt, timezone)} to ${localTime(toAt, timezone)} (${md(timezone)}): ${md(why)}.`,
    ]),
  ]
}

function phaseSection(plan: Plan, phase: PlannedPhase, index: number, describeStep: DescribeStep): readonly string[] {
  const time = phaseTime(plan, phase)
  const at = time === null ? '' : ` (${md(time)})`
  const steps = phase.steps.flatMap((step) => {
    const { title, plannedMs } = describeStep(step)
    const marked = changesProduction(step, describeStep) ? ' **(changes production)**' : ''
    return [
      `- [ ] ${md(title)}${marked}: ${code(stepCommand(step, plannedMs))}`,
      ...(step.gate && step.gate.id !== phase.gate?.id ? gateLines(step.gate, '  ') : []),
    ]
  })
  const gate = phase.gate
    ? ['', `**Gate ${md(phase.gate.id)}** (all must pass):`, '', ...gateChecks(phase.gate, '')]
    : []
  return [
    `## ${index}) ${md(phase.title)}${at}`,
    '',
    ...(steps.length > 0 ? steps : []),
    ...(steps.length > 0 ? gate : gate.slice(1)),
    '',
    whenItFails(reactionOf(plan, phase, describeStep)),
  ]
}

function gateLines(gate: PlannedGate, indent: string): readonly string[] {
  return [`${indent}- Gate ${md(gate.id)}, at every step of it:`, ...gateChecks(gate, `${indent}  `)]
}

function gateChecks({ checks }: PlannedGate, indent: string): readonly string[] {
  return checks.flatMap((check) => [
    `${indent}- [ ] ${md(check.title)}${ownerOf(check)}`,
    ...check.nested.map((nested) => `${indent}  - [ ] ${md(nested.title)}${ownerOf(nested)}`),
  ])
}

function ownerOf({ spec }: PlannedCheck): string {
  return spec.owner === undefined ? '' : ` (owner: ${md(spec.owner)})`
}

function whenItFails(onFail: PlannedPhase['onFail']): string {
  switch (onFail) {
    case 'emergency':
      return `If it fails: ${code('launch rollback emergency --reason "…"')}`
    case 'full':
      return `If it fails: ${code('launch rollback full --reason "…"')}`
    case 'hold':
      return `If it fails: hold. ${code('launch status')} shows what acts.`
    case 'stop':
      return 'If it fails: fix it or reschedule.'
  }
}

function rollbackSection({ rollback }: Plan): readonly string[] {
  const { emergency, full } = rollback.budgetMs
  return [
    '## Rollback',
    '',
    `- Turn the flag off (budget ${formatDuration(emergency)}): ${code('launch rollback emergency --reason "…"')}`,
    `- Put the previous files back (budget ${formatDuration(full)}): ${code('launch rollback full --reason "…"')}`,
    `- Make sure that it worked: ${code('launch rollback validate')}`,
    '',
    ...mdTable(
      ['Issue', 'Severity', 'Action', 'Command'],
      rollback.matrix.map(({ issue, severity, action, command }) => [
        md(issue),
        md(severity),
        md(action),
        code(command),
      ]),
    ),
  ]
}

function signOffSection({ approvals, window }: Plan): readonly string[] {
  const by = window ? ` Production may change from ${dateTime(window.opensAt)}.` : ''
  return [
    '## Pre-launch sign-off',
    '',
    `Every role signs with ${code('launch approve <role>')}.${by}`,
    '',
    ...approvals.map(
      ({ role, statement, name }) => `- [ ] **${md(role)}** ${name === null ? blank : md(name)}: ${md(statement)}`,
    ),
    '',
    `**Final Go/No-Go Decision:** ${blank} (${code('launch go')} or ${code('launch no-go')})  `,
    `**Launch Authorization Time:** ${blank} (UTC)`,
  ]
}

function peopleSection(plan: Plan): readonly string[] {
  const contacts = mdTable(
    ['Role', 'Name', 'Contact', 'Responsibility'],
    plan.contacts.map(({ role, name, contact, responsibility }) => [
      md(role),
      orBlank(name),
      orBlank(contact),
      md(responsibility),
    ]),
  )
  const channels = Object.entries(plan.channels).map(([purpose, { name }]) => `- ${md(purpose)}: ${code(name)}`)
  const levels = plan.escalation.map(
    ({ level, name, when, action }) => `- **Level ${level} (${md(name)})**: ${md(when)} → ${md(action)}`,
  )
  return [
    '## Contacts and escalation',
    '',
    ...contacts,
    ...(channels.length > 0 ? ['', ...channels] : []),
    ...(levels.length > 0 ? ['', ...levels] : []),
  ]
}

function orBlank(text: string): string {
  return text.trim() === '' ? blank : md(text)
}
