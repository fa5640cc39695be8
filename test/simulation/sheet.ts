import type { Plan } from '../../src/core/plan.ts'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet } from '../../src/runsheet/load.ts'

/** Metrics that tell the new version's users from the old one's: the stages of a canary can be judged as one. */
const apart = {
  variant: ', variant: { dimension: Variant, canary: new, control: old }',
  load: '  load: { namespace: Sim, name: Load, lag: 10s, variant: { dimension: Variant, canary: new, control: old } }\n',
  slow: ', { kind: percentile, id: p95, metric: load, percentile: 95, below: 800ms }, { kind: average, id: mean, metric: load, below: 500ms }',
}

/** The launches that are simulated, as short as they can be and still have every kind of step. */
const kinds = {
  short: {},
  whole: {
    staging: 'build, { deploy: staging }, { smoke: staging }',
    ready:
      ', { kind: http, id: up, health: true }, { kind: command, id: e2e, run: [e2e] }, { kind: git, id: frozen, frozen: true, branches: [release/*] }, { kind: credentials, id: rights }',
  },
  rollback: { inconclusive: 'rollback' },
  unproven: { inconclusive: 'promote-unproven' },
  once: { idempotent: 'false' },
  hold: { onFail: ', onFail: hold' },
  window: {
    window: `window: { opens: 2026-12-01T18:02, timezone: UTC, lasts: 12m }
freezes: [{ from: 2026-12-01T18:07, to: 2026-12-01T18:08, timezone: UTC, why: payday }]
`,
  },
  split: apart,
  looks: { ...apart, judge: ', judge: threshold' },
} as const satisfies { readonly [kind: string]: { readonly [part: string]: string } }

export type SheetKind = keyof typeof kinds
/** Whether its metrics are told apart by version. */
export function isApart(kind: SheetKind): boolean {
  return kind === 'split' || kind === 'looks'
}

export const stages = [10, 50, 100] as const
const bakeMs = 60_000
export const everyMs = 60_000
export const flagKey = 'flags/new-board.json'
export const canaryStep = 'rollout/canary'

function sheetOf(kind: SheetKind): string {
  const parts: {
    readonly staging?: string
    readonly ready?: string
    readonly onFail?: string
    readonly inconclusive?: string
    readonly idempotent?: string
    readonly window?: string
    readonly variant?: string
    readonly load?: string
    readonly slow?: string
    readonly judge?: string
  } = kinds[kind]
  return `runsheet: 1
app: sim
environments:
  staging: { region: us-east-1, bucket: sim-staging, url: "https://staging.sim.example", health: [/api/health] }
  production: { region: us-east-1, bucket: sim, url: "https://sim.example", health: [/api/health] }
${parts.window ?? ''}build: { run: [make], output: dist, immutable: [assets/**], idempotent: ${parts.idempotent ?? 'true'} }
flag: { key: new-board, default: off, store: { kind: s3, path: /${flagKey}, ttl: 5s } }
metrics:
  requests: { namespace: Sim, name: Requests, lag: 10s${parts.variant ?? ''} }
  errors: { namespace: Sim, name: Errors, lag: 10s${parts.variant ?? ''} }
${parts.load ?? ''}gates:
  slo: [{ kind: ratio, id: errors, bad: errors, of: requests, below: 1%${parts.onFail ?? ''} }${parts.slow ?? ''}]
  ready: [{ kind: artifact, id: files }, { kind: approval, id: signed, roles: [qa-lead] }${parts.ready ?? ''}]
  full: [{ use: slo }, { kind: flag, id: at-100, percent: 100% }]
  closeout: [{ kind: confirm, id: told, ask: Is everybody told? }]
approvals: [{ role: qa-lead, statement: All scenarios passed }]
phases:
  - { id: staging, run: [${parts.staging ?? 'build'}], gate: ready, patience: 1m }
  - { id: rollout, run: [validate, { deploy: production }, { canary: { stages: [${stages.map((stage) => `${stage}%`).join(', ')}], bake: ${bakeMs / 1000}s, every: ${everyMs / 1000}s, extendUpTo: 3x, maxUnattended: 3m${parts.judge ?? ''}, onInconclusive: ${parts.inconclusive ?? 'hold'}, gate: slo } }] }
  - { id: verify, run: [{ monitor: 1m }], gate: full, onFail: full }
  - { id: closeout, run: [report], gate: closeout, onFail: hold }
`
}

export type Plans = { readonly [K in SheetKind]: Plan }

/** Compiled once for all seeds of a process. */
export function compilePlans(): Plans {
  const entries = Object.keys(kinds).map((kind) => {
    // A key of the table above.
    const name = kind as SheetKind
    return [name, compilePlan(loadSheet(sheetOf(name), 'runsheet.yaml', {}))] as const
  })
  return Object.fromEntries(entries) as Plans
}
