import type { PlannedStep } from '../core/plan.ts'
import { formatDuration } from '../core/units.ts'

// The printed sheet names the command a person would type for a step by itself; a kind without one runs with `launch resume`.
const commands: { readonly [kind: string]: (environment: string, plannedMs: number | null) => string } = {
  build: () => 'launch build',
  deploy: (environment) => `launch deploy --env ${environment}`,
  smoke: (environment) => `launch validate --env ${environment}`,
  validate: (environment) => `launch validate --env ${environment}`,
  canary: () => 'launch canary start',
  monitor: (_environment, plannedMs) =>
    plannedMs === null ? 'launch monitor' : `launch monitor ${formatDuration(plannedMs)}`,
  report: () => 'launch report',
}

export function stepCommand({ kind, environment }: PlannedStep, plannedMs: number | null): string {
  return commands[kind]?.(environment, plannedMs) ?? 'launch resume'
}
