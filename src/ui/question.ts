import type { Plan, PlannedPhase } from '../core/plan.ts'
import type { Question } from '../core/ports.ts'
import { plural } from '../core/quantity.ts'
import { bindingApprovals, type LaunchState } from '../core/state.ts'
import { localTime, short, who } from './format.ts'
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

type Row = readonly [label: string, text: string]

/** What a person has to know before answering: stands above the line that is typed into. Ends with a line break. */
export function questionText(question: Question, context: QuestionContext): string {
  const { theme, columns } = context
  const { title, rows } = about(question, context)
  const labels = Math.max(0, ...rows.map(([label]) => label.length)) + 4
  const lines = table(rows.map(([label, text]) => [`  ${theme.paint.dim(label)}`, text]))
  return ['', ...wrap(theme.paint.heading(title), columns, 2), ...lines.flatMap((line) => wrap(line, columns, labels))]
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
      return { title: sentence(question.text), rows: heldRows(question.promotable) }
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
  { plan, describeStep }: QuestionContext,
): { readonly title: string; readonly rows: readonly Row[] } {
  const at = phase.at === null ? '' : ` (${safeText(phase.at)})`
  const steps = phase.steps.map((step, index): Row => {
    const { title, changes } = describeStep(step)
    const users = changes === 'users' && step.environment === 'production' ? ', asks before each change' : ''
    return [index === 0 ? 'does' : '', `${safeText(title)}${users}`]
  })
  const checks = (phase.gate?.checks ?? []).map(({ title }, index): Row => [index === 0 ? 'gate' : '', safeText(title)])
  const place = `phase ${plan.phases.indexOf(phase) + 1} of ${plan.phases.length}`
  return { title: `Begin ${safeText(phase.title)}${at}, ${place}?`, rows: [...steps, ...checks] }
}

function signOffRows({ statement }: Extract<Question, { type: 'approval' }>, context: QuestionContext): readonly Row[] {
  return [
    ['states', `“${safeText(statement)}”`],
    ['binds to', releaseText(context.state)],
  ]
}

function goRows({ plan, state }: QuestionContext): readonly Row[] {
  const passed = Object.values(state.gates).filter(({ verdict }) => verdict === 'pass')
  const signed = bindingApprovals(state).map(({ role, by }) => `${safeText(role)} (${who(by)})`)
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
    ['captain', safeText(plan.captain)],
  ]
}

function changeRows({ plan, state }: QuestionContext): readonly Row[] {
  const percent = state.flag?.percent ?? 0
  const deployed = state.deployments['production']
  return [
    ['release', releaseText(state)],
    [
      'now',
      `${deployed ? `${safeText(deployed.release.id)} deployed` : 'not deployed by this launch'}, flag ${safeText(plan.flag.key)} at ${percent} %`,
    ],
    ['undo', percent > 0 || deployed ? 'launch rollback emergency, or launch rollback full' : 'launch rollback full'],
  ]
}

function heldRows(promotable: boolean): readonly Row[] {
  return [
    ...(promotable ? [['promote', 'goes on to the next stage, this one stays marked as unproven'] as const] : []),
    ['rollback', 'turns the flag off for everybody now'],
    ['wait', 'keeps this stage and looks on; you are asked again later'],
  ]
}

function releaseText({ version, commit, artifact }: LaunchState): string {
  const built = artifact ? `artifact ${short(artifact.hash)}` : 'before a build'
  return `version ${safeText(version)}, commit ${short(commit)}, ${built}`
}

function sentence(text: string): string {
  const safe = safeText(text)
  return `${safe.slice(0, 1).toUpperCase()}${safe.slice(1)}`
}
