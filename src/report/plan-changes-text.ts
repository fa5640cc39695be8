import type { Environment, Plan, PlannedStep } from '../core/plan.ts'
import { safeText, table } from '../ui/text.ts'
import type { Theme } from '../ui/theme.ts'
import type { DescribeStep } from '../ui/words.ts'

/** Everything a launch is going to write where users could notice, in order, with where it is written. */
export function changeLines(plan: Plan, describeStep: DescribeStep, theme: Theme): readonly string[] {
  const steps = plan.phases.flatMap(({ steps: all }) => all)
  const rows = steps
    .filter((step) => describeStep(step).changes === 'users')
    .map((step) => [`  ${safeText(step.environment)}`, safeText(describeStep(step).title), placeOf(step, plan)])
  return [
    theme.paint.heading('What it will change'),
    ...(rows.length === 0 ? ['  nothing that users see'] : table(rows)),
  ]
}

function placeOf(step: PlannedStep, plan: Plan): string {
  const environment = plan.environments[step.environment]
  if (step.kind === 'deploy') return environment ? bucketOf(environment) : ''
  return step.gate ? `flag ${safeText(plan.flag.key)} (${safeText(plan.flag.store.kind)})` : ''
}

function bucketOf({ bucket, distribution }: Environment): string {
  const cdn = distribution === null ? '' : `, CloudFront ${safeText(distribution)} invalidated`
  return `s3://${safeText(bucket)}${cdn}`
}
