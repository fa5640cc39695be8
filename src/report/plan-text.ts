import { audienceText } from '../core/audience.ts'
import type { Plan, PlannedGate, PlannedPhase } from '../core/plan.ts'
import { formatDuration } from '../core/units.ts'
import { plural } from '../core/quantity.ts'
import { dateTime, localTime } from '../ui/format.ts'
import { safeText, table } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import type { DescribeStep } from '../ui/words.ts'
import { phaseTime } from './phase-time.ts'
import { changesProduction, reactionOf } from './production-change.ts'

/** The text of `launch plan`: what will happen in which order, what changes for users, what has to pass, who has to sign. */
export function planLines(plan: Plan, describeStep: DescribeStep, theme: Theme): readonly string[] {
  const changing = plan.phases.flatMap(({ steps }) => steps).filter((step) => changesProduction(step, describeStep))
  const checks = plan.phases.reduce(
    (total, phase) =>
      total +
      (phase.gate?.checks.length ?? 0) +
      phase.steps.reduce((sum, { gate }) => sum + (gate?.checks.length ?? 0), 0),
    0,
  )
  return [
    theme.paint.strong(safeText(plan.title)),
    ...table([
      ['captain', plan.captain === '' ? 'nobody is named' : safeText(plan.captain)],
      ['window', windowText(plan)],
      ...plan.freezes.map(({ fromAt, toAt, timezone, why }) => [
        'freeze',
        `${localTime(fromAt, timezone)} to ${localTime(toAt, timezone)} (${safeText(timezone)}): ${safeText(why)}`,
      ]),
      [
        'flag',
        `${safeText(plan.flag.key)} (${safeText(plan.flag.store.kind)})${audienceText(100, plan.flag.audience)}`,
      ],
      ['sign-offs', plan.approvals.map(({ role }) => safeText(role)).join(', ') || 'none required'],
    ]),
    ...plan.phases.flatMap((phase) => ['', ...phaseLines(plan, phase, describeStep, theme)]),
    '',
    `Plan: ${plural(plan.phases.length, 'phase')}, ${plural(checks, 'check')}, ${plural(changing.length, 'step')} changing production, about ${formatDuration(plan.plannedMs)}.`,
  ]
}

function windowText({ window }: Plan): string {
  if (!window) return 'none: production may change at any time'
  const { opensAt, closesAt, timezone } = window
  return `${localTime(opensAt, timezone)} to ${localTime(closesAt, timezone)} (${safeText(timezone)}), ${dateTime(opensAt)} to ${dateTime(closesAt)}`
}

function phaseLines(plan: Plan, phase: PlannedPhase, describeStep: DescribeStep, theme: Theme): readonly string[] {
  const time = phaseTime(plan, phase)
  const at = time === null ? '' : `${safeText(time)}, `
  const head = `${theme.paint.heading(safeText(phase.title))} (${at}${safeText(phase.environment)})`
  const rows = phase.steps.map((step) => {
    const { title, changes, plannedMs: ownMs } = describeStep(step)
    const plannedMs = step.plannedMs ?? ownMs
    const marked = changesProduction(step, describeStep)
      ? theme.paint.fail('changes production')
      : changes === 'users'
        ? theme.paint.unknown(`changes ${safeText(step.environment)}`)
        : theme.paint.dim('changes nothing')
    return [
      `  ${theme.icons.running} ${safeText(title)}`,
      marked,
      plannedMs === null || plannedMs === 0 ? '' : formatDuration(plannedMs),
    ]
  })
  const inside = phase.steps.flatMap(({ gate }) => (gate && gate.id !== phase.gate?.id ? gateLines(gate) : []))
  return [
    head,
    ...table(rows),
    ...inside,
    ...(phase.gate ? gateLines(phase.gate) : []),
    `  on fail: ${onFailText[reactionOf(plan, phase, describeStep)]}`,
  ]
}

function gateLines(gate: PlannedGate): readonly string[] {
  const rows = gate.checks.flatMap((check) =>
    [check, ...check.nested].map(({ title, spec }) => [
      `    - ${safeText(title)}`,
      reaction(spec.onFail, spec.observe),
    ]),
  )
  return [`  gate ${safeText(gate.id)}`, ...table(rows)]
}

function reaction(onFail: string | undefined, observe: boolean | undefined): string {
  if (observe === true) return 'observed only'
  return onFail === undefined ? '' : `on fail: ${onFail}`
}

const onFailText = {
  emergency: 'emergency rollback',
  full: 'full rollback',
  hold: 'hold for a person',
  stop: 'stop; nothing users see has changed',
} as const satisfies Record<PlannedPhase['onFail'], string>
