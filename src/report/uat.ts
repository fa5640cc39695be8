import type { EpochMs } from '../core/brand.ts'
import type { Plan } from '../core/plan.ts'
import { plural } from '../core/quantity.ts'
import { bindingApprovals, type LaunchState } from '../core/state.ts'
import { dateTime, short, who } from '../ui/format.ts'
import { code, md, mdTable } from './escape.ts'

/** Sign-offs and blockers of a launch as a page of its own. Ends with a line break. */
export function uatMarkdown(plan: Plan, state: LaunchState, now: EpochMs): string {
  const binding = new Set(bindingApprovals(state).map(({ role }) => role))
  const signed = plan.approvals.filter(({ role }) => binding.has(role)).length
  const open = state.blockers.filter((blocker) => blocker.open)
  const critical = open.filter(({ severity }) => severity === 'critical').length
  const artifact = state.artifact ? `, artifact ${code(short(state.artifact.hash))}` : ', before a build'
  const lines = [
    `# ${md(plan.title)} UAT Report`,
    '',
    `**Launch:** ${code(state.id)}  `,
    `**Release:** version ${md(state.version)}, commit ${code(short(state.commit))}${artifact}  `,
    `**As of:** ${dateTime(now)} (UTC)`,
    ...(state.sandbox === null ? [] : ['', '> **Sandbox.** Nobody took part who is marked as played.']),
    '',
    `${signed} of ${plan.approvals.length} required sign-offs; ${plural(open.length, 'open blocker')}, ${critical} critical.`,
    '',
    '## Sign-offs',
    '',
    ...signOffs(plan, state, binding),
    '',
    '## Blockers',
    '',
    ...blockers(state),
  ]
  return `${lines.join('\n')}\n`
}

function signOffs(plan: Plan, state: LaunchState, binding: ReadonlySet<string>): readonly string[] {
  if (plan.approvals.length === 0) return ['The run sheet asks for none.']
  const rows = plan.approvals.map(({ role, statement, name }) => {
    const given = state.approvals.find((approval) => approval.role === role)
    const verdict = given ? (binding.has(role) ? 'signed' : '**lapsed**') : '**missing**'
    const by = given ? md(who(given.by)) : name === null ? '' : `expected: ${md(name)}`
    return [md(role), md(statement), verdict, by, given ? dateTime(given.at) : '', given ? md(given.note) : '']
  })
  return mdTable(['Role', 'Statement', 'State', 'Who', 'When (UTC)', 'Note'], rows)
}

function blockers({ blockers }: LaunchState): readonly string[] {
  if (blockers.length === 0) return ['None were raised.']
  const rows = blockers.map(({ id, severity, text, open, by, at }) => [
    String(id),
    md(severity),
    open ? '**open**' : 'cleared',
    md(text),
    md(who(by)),
    dateTime(at),
  ])
  return mdTable(['No.', 'Severity', 'State', 'What', 'Raised by', 'When (UTC)'], rows)
}
