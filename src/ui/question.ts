import type { Plan, PlannedPhase } from '../core/plan.ts'
import type { Question } from '../core/ports.ts'
import { plural } from '../core/quantity.ts'
import { bindingApprovals, type GateState, type LaunchState } from '../core/state.ts'
import { localTime, short, who } from './format.ts'
import { checkLines, gateSummary, openLines } from './gate-lines.ts'
import { applyingLines, gateName, matrixLines, newestGate, withoutSignOffs } from './matrix.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'
import type { DescribeStep } from './words.ts'
import { wrap } from './wrap.ts'

export type QuestionContext = {
  readonly plan: Plan
  readonly state: LaunchState
  readonly describeStep: DescribeStep
  readonly theme: Theme
  readonly columns: number
}

/** `hang`: how much further in a line that is broken goes on. */
type Row = readonly [label: string, text: string, hang?: number]

/** What a person has to know before answering: stands above the line that is typed into. Ends with a line break. */
export function questionText(question: Question, context: QuestionContext): string {
  const { theme, columns } = context
  const { title, rows: own } = about(question, context)
  const rows = [...own, keysRow]
  const labels = Math.max(0, ...rows.map(([label]) => label.length)) + 4
  const lines = table(rows.map(([label, text]) => [`  ${theme.paint.dim(label)}`, text]))
  const wrapped = lines.flatMap((line, index) => wrap(line, columns, labels + (rows[index]?.[2] ?? 0)))
  return ['', ...wrap(theme.paint.heading(title), columns, 2), ...wrapped]
    .map((line) => `${theme.encode(line)}\n`)
    .join('')
}

function about(
  question: Question,
  context: QuestionContext,
): { readonly title: string; readonly rows: readonly Row[] } {
  switch (question.type) {
    case 'confirm':
      return { title: safeText(question.text), rows: [] }
    case 'approval':
      return { title: `Sign-off of ${safeText(question.role)}`, rows: signOffRows(question, context) }
    case 'go':
      return { title: `Go or no-go: ${safeText(context.plan.title)}`, rows: goRows(context) }
    case 'held':
      return { title: sentence(question.text), rows: heldRows(question, context) }
    case 'failed':
      return { title: sentence(question.text), rows: failedRows(context) }
    case 'proceed': {
      const phase =
        question.danger === 'phase' ? context.plan.phases.find(({ id }) => question.id === `begin/${id}`) : undefined
      if (phase) return phaseAbout(phase, context)
      return { title: `Production change: ${safeText(question.text)}`, rows: changeRows(context) }
    }
  }
}

/** A phase before it begins: its steps, and what its gate will ask. */
function phaseAbout(
  phase: PlannedPhase,
  { plan, state, describeStep }: QuestionContext,
): { readonly title: string; readonly rows: readonly Row[] } {
  const at = phase.at === null ? '' : ` (${safeText(phase.at)})`
  const steps = phase.steps.map((step, index): Row => {
    const { title, changes } = describeStep(step)
    const users = changes === 'users' && step.environment === 'production' ? ', asks before each change' : ''
    return [index === 0 ? 'does' : '', `${safeText(title)}${users}`]
  })
  const checks = (phase.gate?.checks ?? []).map(({ title }, index): Row => [index === 0 ? 'gate' : '', safeText(title)])
  const place = `phase ${plan.phases.indexOf(phase) + 1} of ${plan.phases.length}`
  const passed = plan.phases.filter(({ id }) => isPassed(state, id)).map(({ title }) => safeText(title))
  const rows: readonly Row[] = [
    ...(passed.length === 0 ? [] : [['behind', passed.join(', ')] as const]),
    ...steps,
    ...checks,
    ...(phase.gate || phase.steps.some(({ gate }) => gate) ? [['if it fails', reactions[phase.onFail]] as const] : []),
  ]
  return { title: `Begin ${safeText(phase.title)}${at}, ${place}?`, rows }
}

const reactions = {
  emergency: 'the flag is turned off (launch rollback emergency)',
  full: 'the files of before are put back, too (launch rollback full)',
  hold: 'it is held, and you decide',
  stop: 'the launch stops before users see anything',
} as const satisfies Record<PlannedPhase['onFail'], string>

function isPassed({ phases }: LaunchState, id: string): boolean {
  const phase = phases[id]
  return phase?.status === 'ended' && phase.verdict === 'pass'
}

function signOffRows(
  { role, statement }: Extract<Question, { type: 'approval' }>,
  context: QuestionContext,
): readonly Row[] {
  const { plan, state } = context
  const signed = signedBy(state)
  const given = new Set(bindingApprovals(state).map((approval) => approval.role))
  const others = plan.approvals.filter((one) => one.role !== role && !given.has(one.role))
  const newest = newestGate(state)
  return [
    ['states', `“${safeText(statement)}”`],
    ['binds to', releaseText(state)],
    ...(signed.length === 0 ? [] : [['signed by', signed.join(', ')] as const]),
    ...(others.length === 0 ? [] : [['not yet', others.map((one) => safeText(one.role)).join(', ')] as const]),
    ...(newest ? besidesSignOffs(context, newest) : []),
  ]
}

/** Sign-offs are told above by who gave them, and they change from one question to the next. */
function besidesSignOffs(context: QuestionContext, newest: GateState): readonly Row[] {
  const gate = withoutSignOffs(context.plan, newest)
  const waits = gate.checks.some(({ judgement: { verdict } }) => verdict === 'fail' || verdict === 'unknown')
  if (waits || gate.checks.length === newest.checks.length) return gateRows(context, 'open', gate)
  return [['gate', `${gateName(gate)}: waits for sign-offs alone`]]
}

/** `qa-lead, sre-lead (Ada)`: who signed, and for which roles. */
function signedBy(state: LaunchState): readonly string[] {
  const roles = new Map<string, readonly string[]>()
  for (const { role, by } of bindingApprovals(state)) {
    const person = by === `sandbox:${role}` ? 'played by the sandbox' : who(by)
    roles.set(person, [...(roles.get(person) ?? []), safeText(role)])
  }
  return [...roles].map(([person, signed]) => `${signed.join(', ')} (${person})`)
}

function goRows(context: QuestionContext): readonly Row[] {
  const { plan, state } = context
  const passed = Object.values(state.gates).filter(({ verdict }) => verdict === 'pass')
  const signed = signedBy(state)
  const open = state.blockers.filter((blocker) => blocker.open)
  const { window } = plan
  return [
    ['release', releaseText(state)],
    ['passed', passed.length === 0 ? 'no gate yet' : passed.map(({ gate }) => safeText(gate)).join(', ')],
    ['signed by', signed.length === 0 ? 'nobody' : signed.join(', ')],
    ['blockers', open.length === 0 ? 'none open' : plural(open.length, 'open blocker')],
    ...(window
      ? [
          [
            'window',
            `${localTime(window.opensAt, window.timezone)} to ${localTime(window.closesAt, window.timezone).slice(-5)} ${safeText(window.timezone)}`,
          ] as const,
        ]
      : []),
    ['captain', plan.captain === '' ? 'nobody is named' : safeText(plan.captain)],
    ...gateRows(context, 'open'),
  ]
}

function changeRows(context: QuestionContext): readonly Row[] {
  const { plan, state } = context
  const percent = state.flag?.percent ?? 0
  const deployed = state.deployments['production']
  return [
    ['release', releaseText(state)],
    [
      'now',
      `${deployed ? `${safeText(deployed.release.id)} deployed` : 'not deployed by this launch'}, flag ${safeText(plan.flag.key)} at ${percent}%`,
    ],
    ['undo', percent > 0 || deployed ? 'launch rollback emergency, or launch rollback full' : 'launch rollback full'],
    ...gateRows(context, 'all'),
  ]
}

function heldRows(
  { promotable, recommended }: Extract<Question, { type: 'held' }>,
  context: QuestionContext,
): readonly Row[] {
  const choice = (word: string, about: string): Row => [word, word === recommended ? `${about} (recommended)` : about]
  return [
    ...gateRows(context, 'all'),
    ...matrixRows(context),
    ...(promotable ? [choice('promote', 'goes on to the next stage, this one stays marked as unproven')] : []),
    choice('rollback', 'turns the flag off for everybody now'),
    choice('wait', 'keeps this stage and looks on; you are asked again later'),
  ]
}

function failedRows(context: QuestionContext): readonly Row[] {
  return [
    ...gateRows(context, 'fails'),
    ...applyingLines(context.plan, newestGate(context.state)).map((line): Row => ['matrix', line, checkHang]),
    ['again', 'looks at this gate once more, now'],
    ['stop', 'ends here, production is as it was; launch resume looks again (recommended)'],
  ]
}

/** What the run sheet says about what fails, and what it says about everything else. */
function matrixRows({ plan, state }: QuestionContext): readonly Row[] {
  return matrixLines(plan, newestGate(state)).map((line, index): Row => [index === 0 ? 'matrix' : '', line, checkHang])
}

/** Why the gate that was looked at last stands where it does: every check, what keeps it from passing, or what fails. */
function gateRows(
  { state, theme }: QuestionContext,
  which: 'all' | 'open' | 'fails',
  gate = newestGate(state),
): readonly Row[] {
  if (!gate || gate.checks.length === 0) return []
  return [
    ['gate', `${gateName(gate)}: ${gateSummary(gate, theme)}`],
    ...gateTexts(gate.checks, which, theme).map((line): Row => ['', line, checkHang]),
  ]
}

// Below the title of a check, behind its icon and word.
const checkHang = 4

function gateTexts(checks: GateState['checks'], which: 'all' | 'open' | 'fails', theme: Theme): readonly string[] {
  if (which === 'open') return openLines(checks, theme)
  return checkLines(which === 'all' ? checks : checks.filter(({ judgement }) => judgement.verdict === 'fail'), theme)
}

/** What can be done at every question besides answering it. */
const keysRow: Row = [
  'else',
  'handover <name> gives the launch to another captain; Ctrl-C stops here; launch resume goes on',
]

function releaseText({ version, commit, artifact }: LaunchState): string {
  const built = artifact ? `artifact ${short(artifact.hash)}` : 'before a build'
  return `version ${safeText(version)}, commit ${short(commit)}, ${built}`
}

function sentence(text: string): string {
  const safe = safeText(text)
  return `${safe.slice(0, 1).toUpperCase()}${safe.slice(1)}`
}
