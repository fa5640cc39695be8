import type { CheckSpec } from '../../src/core/check.ts'
import type { Plan, PlannedCheck, PlannedGate, PlannedStep } from '../../src/core/plan.ts'

/** A plan of the paper's launch, as the loader would make it, with fewer gates: for everything that shows a plan. */

function plannedCheck(id: string, kind: string, title: string, owner?: string): PlannedCheck {
  const spec: CheckSpec = owner === undefined ? { kind } : { kind, owner }
  return { id, kind, title, spec, nested: [], at: null }
}

const slo = [
  plannedCheck('board-load-p95', 'percentile', 'board-load p95 < 800ms', 'SRE / DevOps'),
  plannedCheck('drawer-open-average', 'average', 'drawer-open average < 200ms'),
  plannedCheck('errors-ratio', 'ratio', 'errors / requests < 1%'),
]

function gate(id: string, environment: string, checks: readonly PlannedCheck[]): PlannedGate {
  return { id, environment, checks, patienceMs: 300_000, everyMs: 30_000 }
}

function step(
  id: string,
  kind: string,
  environment: string,
  spec: unknown,
  own: PlannedGate | null = null,
): PlannedStep {
  return { id, kind, phase: id.split('/')[0] ?? id, environment, spec, gate: own }
}

const canaryGate = gate('canary', 'production', [
  ...slo,
  plannedCheck('occ-conflicts-count', 'count', 'occ-conflicts per 5m < 30'),
])
const fullGate = gate('full-rollout', 'production', [
  plannedCheck('steady', 'steady', 'traffic and SLOs steady for 15m'),
  ...slo,
])

export const statusBoardPlan: Plan = {
  schema: 1,
  app: 'statusboard',
  title: 'StatusBoardV2 (Sprint 6 → Prod)',
  captain: 'Jesus Ortiz',
  window: { opensAt: Date.UTC(2026, 11, 2, 0, 0), closesAt: Date.UTC(2026, 11, 2, 3, 0), timezone: 'America/Chicago' },
  freezes: [
    { fromAt: Date.UTC(2026, 11, 24, 6), toAt: Date.UTC(2027, 0, 2, 6), timezone: 'America/Chicago', why: 'holidays' },
  ],
  environments: {
    staging: environment('staging', 'https://staging.sb.example'),
    production: environment('production', 'https://sb.example'),
  },
  build: null,
  smoke: null,
  flag: { key: 'status-board-v2', store: { kind: 's3' } },
  metrics: {},
  phases: [
    phase(
      'preconditions',
      'Fast preconditions',
      'T-55',
      'production',
      [],
      gate('preconditions', 'production', [
        plannedCheck('frozen', 'git', 'code frozen on a release branch'),
        plannedCheck('signed-off', 'approval', 'every required sign-off is recorded', 'Product Owner'),
        plannedCheck('flag-off', 'flag', 'flag status-board-v2 off by default'),
      ]),
    ),
    phase(
      'staging',
      'Staging final validation',
      'T-45',
      'staging',
      [
        step('staging/build', 'build', 'staging', undefined),
        step('staging/deploy', 'deploy', 'staging', 'staging'),
        step('staging/smoke', 'smoke', 'staging', 'staging'),
      ],
      gate('staging-ready', 'staging', slo),
    ),
    phase(
      'rollout',
      'Production deploy and canary',
      'T-20',
      'production',
      [
        step('rollout/deploy', 'deploy', 'production', 'production'),
        step(
          'rollout/canary',
          'canary',
          'production',
          {
            stages: [10, 30, 50, 100],
            bake: 600_000,
            every: 30_000,
            extendUpTo: 3,
            gate: 'canary',
            onInconclusive: 'hold',
            maxUnattended: 900_000,
          },
          canaryGate,
        ),
      ],
      null,
    ),
    phase(
      'full',
      'Full production rollout',
      'T+20',
      'production',
      [step('full/monitor', 'monitor', 'production', 900_000, fullGate)],
      fullGate,
    ),
    phase(
      'closeout',
      'Closeout',
      'T+60',
      'production',
      [step('closeout/report', 'report', 'production', undefined)],
      gate('closeout', 'production', [
        plannedCheck('adoption', 'baseline', 'adoption is up on the baseline'),
        plannedCheck('release-note', 'confirm', 'release note shared in #releases and #product', 'Product Owner'),
      ]),
    ),
  ],
  rollback: {
    budgetMs: { emergency: 30_000, full: 180_000 },
    matrix: [
      {
        issue: 'Performance degradation',
        severity: 'High',
        action: 'Emergency rollback',
        command: 'launch rollback emergency',
        onFail: 'emergency',
      },
      {
        issue: 'Functional bug',
        severity: 'Critical',
        action: 'Full rollback',
        command: 'launch rollback full',
        onFail: 'full',
      },
      {
        issue: 'Minor UI glitch',
        severity: 'Low',
        action: 'Monitor, fix in next release',
        command: 'launch monitor',
        onFail: 'observe',
      },
    ],
  },
  approvals: [
    { role: 'product-owner', statement: 'Feature ready for production users', name: null },
    { role: 'qa-lead', statement: 'All test scenarios passed', name: 'Ada Quinn' },
  ],
  contacts: [
    {
      role: 'Release Captain',
      name: 'Jesus Ortiz',
      contact: 'jesus@sb.example',
      responsibility: 'Overall launch coordination',
    },
    { role: 'SRE / DevOps', name: '', contact: '', responsibility: 'Infrastructure, monitoring' },
  ],
  channels: {
    updates: { name: '#releases', webhookEnv: 'SLACK_RELEASES' },
    emergency: { name: '#incident-response', webhookEnv: null },
  },
  escalation: [
    {
      level: 1,
      name: 'Auto-handled',
      when: 'Performance SLO violations',
      action: 'Automatic rollback',
      channel: 'updates',
    },
  ],
  report: {
    path: 'reports/launch.md',
    adoption: 'interactions',
    nextSteps: ['Remove the flag two weeks after 100%'],
    headline: ['board-load-p95', 'drawer-open-average', 'errors-ratio'],
  },
  plannedMs: 115 * 60_000,
}

function environment(name: string, url: string) {
  return {
    name,
    account: '111111111111',
    region: 'us-east-1',
    profile: null,
    role: null,
    bucket: `sb-${name}`,
    distribution: 'E2',
    url,
    health: ['/api/health'],
  }
}

function phase(
  id: string,
  title: string,
  at: string,
  environment: string,
  steps: readonly PlannedStep[],
  gate: PlannedGate | null,
) {
  return { id, title, at, environment, steps, gate, onFail: 'emergency' } as const
}
