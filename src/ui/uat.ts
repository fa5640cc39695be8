import type { Plan } from '../core/plan.ts'
import { bindingApprovals, type Approval, type LaunchState } from '../core/state.ts'
import { dateTime, short, who } from './format.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'

/** The text of `launch uat status`: every required sign-off with what it was given for, and the blockers. */
export function uatLines(plan: Plan, state: LaunchState, theme: Theme): readonly string[] {
  const binding = new Set(bindingApprovals(state).map(({ role }) => role))
  const given = new Map(state.approvals.map((approval) => [approval.role, approval]))
  const required = plan.approvals.map(({ role, statement, name }) =>
    row(role, statement, name, given.get(role), binding.has(role), theme),
  )
  const extra = state.approvals
    .filter(({ role }) => !plan.approvals.some((approval) => approval.role === role))
    .map((approval) =>
      row(approval.role, 'not required by the run sheet', null, approval, binding.has(approval.role), theme),
    )
  const head = ['SIGN-OFF', 'ROLE', 'STATEMENT', 'WHO', 'WHEN (UTC)', 'FOR'].map((cell) => theme.paint.dim(cell))
  const signed = plan.approvals.filter(({ role }) => binding.has(role)).length
  return [
    `${signed} of ${plan.approvals.length} required sign-offs bind for commit ${short(state.commit)}${forArtifact(state.artifact?.hash ?? null)}`,
    '',
    ...table([head, ...required, ...extra]),
    '',
    ...blockerLines(state, theme),
  ]
}

function row(
  role: string,
  statement: string,
  name: string | null,
  approval: Approval | undefined,
  binds: boolean,
  theme: Theme,
): readonly string[] {
  const expected = name === null ? '' : `expected: ${safeText(name)}`
  if (!approval)
    return [
      theme.paint.unknown(`${theme.icons.waiting} missing`),
      safeText(role),
      safeText(statement),
      expected,
      '',
      `launch approve ${safeText(role)}`,
    ]
  const cell = binds ? theme.paint.pass(`${theme.icons.pass} signed`) : theme.paint.fail(`${theme.icons.fail} lapsed`)
  const note = approval.note === '' ? '' : ` (${safeText(approval.note)})`
  const about = `commit ${short(approval.binding.commit)}${forArtifact(approval.binding.artifact)}`
  return [cell, safeText(role), safeText(statement), `${who(approval.by)}${note}`, dateTime(approval.at), about]
}

function forArtifact(artifact: string | null): string {
  return artifact === null ? ', before a build' : `, artifact ${short(artifact)}`
}

function blockerLines(state: LaunchState, theme: Theme): readonly string[] {
  if (state.blockers.length === 0) return ['no blockers were raised']
  const rows = state.blockers.map(({ id, severity, text, open, by, at }) => [
    open ? theme.paint.fail(`${theme.icons.fail} open`) : theme.paint.pass(`${theme.icons.pass} cleared`),
    `blocker ${id}`,
    safeText(severity),
    safeText(text),
    `${who(by)}, ${dateTime(at)}`,
    open ? `launch uat unblock ${id}` : '',
  ])
  return table(rows)
}
