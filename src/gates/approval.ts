import { z } from 'zod'
import { defineCheck, type Look } from '../core/check.ts'
import { fail, pass, unknown } from '../core/verdict.ts'

type Spec = {
  readonly roles: readonly string[]
  readonly noBlockers?: string | undefined
  readonly noIssues: readonly string[]
}

/** Words for the weight of a blocker, worst first; those in one row weigh the same. */
const severities = [
  ['critical', 'blocker', 'p0'],
  ['high', 'major', 'p1'],
  ['medium', 'p2'],
  ['low', 'minor', 'p3'],
] as const

export const approval = defineCheck({
  kind: 'approval',
  about: 'people signed off, no blocker of a severity is open, no issue of a priority was reported',
  example: '{ kind: approval, roles: [product-owner, qa-lead], noBlockers: critical }',
  hint: 'launch approve <role> records a sign-off, launch uat status lists the blockers, launch uat unblock <n> clears one',
  shape: {
    roles: z
      .array(z.string().min(1))
      .default([])
      .describe('roles that must have signed off for this commit, artifact and plan'),
    noBlockers: z
      .enum(['critical', 'high', 'medium', 'low'])
      .optional()
      .describe('no open UAT blocker of this severity or a worse one'),
    noIssues: z
      .array(z.string().min(1))
      .default([])
      .describe('no issue of these priorities was noted during the launch: [P0, P1]'),
  },
  problem: (check) =>
    check.roles.length + check.noIssues.length === 0 && check.noBlockers === undefined
      ? 'an approval needs roles, noBlockers or noIssues'
      : null,
  title: (check) =>
    [
      check.roles.length > 0 ? `signed off by ${check.roles.join(', ')}` : '',
      check.noBlockers === undefined ? '' : `no ${check.noBlockers} blocker`,
      check.noIssues.length > 0 ? `zero ${check.noIssues.join('/')} issues` : '',
    ]
      .filter((part) => part !== '')
      .join(', '),
  needs: () => [],
  signOffs: (check) => check.roles,
  judge: (check, look) => {
    const signed = look.launch.approvals.filter((given) => check.roles.includes(given.role))
    const absent = check.roles.filter((role) => signed.every((given) => given.role !== role))
    const found = {
      observed: check.roles.length > 0 ? `${check.roles.length - absent.length} of ${check.roles.length} signed` : null,
      limit: check.roles.length > 0 ? `${check.roles.length} signed` : null,
      samples: signed.length,
    }
    const against = objections(check, look)
    if (against.length > 0) return fail(against.join('; '), found)
    // A sign-off that is missing can still come, so this is not a fail.
    if (absent.length > 0) return unknown(`not signed by ${absent.join(', ')}`, found)
    const names = signed.map((given) => `${given.role} (${given.by})`)
    return pass([...names, ...clearOf(check)].join(', '), found)
  },
})

function objections(check: Spec, look: Look): readonly string[] {
  const limit = check.noBlockers
  const blockers =
    limit === undefined
      ? []
      : look.launch.blockers.filter((blocker) => blocker.open && rank(blocker.severity) <= rank(limit))
  const priorities = check.noIssues.map((priority) => priority.toLowerCase())
  const issues = look.launch.issues.filter((issue) => priorities.includes(issue.severity.toLowerCase()))
  return [
    ...blockers.map((blocker) => `${blocker.severity} blocker ${blocker.id}: ${blocker.text}`),
    ...issues.map((issue) => `${issue.severity} issue: ${issue.text}`),
  ]
}

/** 0 is worst; a word nobody knows counts as worst, for a gate must not pass over it. */
function rank(severity: string): number {
  const word = severity.toLowerCase()
  return Math.max(
    0,
    severities.findIndex((row) => row.some((name) => name === word)),
  )
}

function clearOf(check: Spec): readonly string[] {
  return [
    ...(check.noBlockers === undefined ? [] : [`no ${check.noBlockers} blocker open`]),
    ...(check.noIssues.length === 0 ? [] : [`no ${check.noIssues.join('/')} issue`]),
  ]
}
