import { expect, test } from 'vitest'
import { compilePlan } from '../../src/runsheet/compile.ts'
import { loadSheet, openSheet } from '../../src/runsheet/load.ts'
import { refusal } from '../support/refusal.ts'
import { smallSheet } from '../support/small-sheet.ts'

test('a good sheet loads with its quantities as numbers and its defaults filled in', () => {
  const { sheet } = loadSheet(smallSheet, 'runsheet.yaml', {})
  expect(sheet.window?.lasts).toBe(10_800_000)
  expect(sheet.state).toBe('file:.launch')
  expect(sheet.metrics['errors']).toMatchObject({ lag: 120_000, resolution: 60_000, sparse: true })
  expect(sheet.phases[1]?.run[1]).toEqual({
    kind: 'canary',
    spec: {
      stages: [10, 50, 100],
      bake: 600_000,
      every: 30_000,
      extendUpTo: 3,
      gate: 'canary',
      judge: 'sequential',
      onInconclusive: 'hold',
      maxUnattended: 900_000,
    },
  })
})

test('a placeholder of the environment is filled in where it is allowed', () => {
  const text = smallSheet.replace('bucket: demo-prod', 'bucket: "${env:PROD_BUCKET}"')
  expect(loadSheet(text, 'runsheet.yaml', { PROD_BUCKET: 'from-env' }).sheet.environments['production']?.bucket).toBe(
    'from-env',
  )
})

test('a secret in the sheet is refused and not repeated', () => {
  const key = 'AKIAABCDEFGHIJKLMNOP'
  const error = refusal(smallSheet.replace('demo-prod', key))
  expect(error.message).toContain('bucket: this looks like a secret')
  expect(error.message).not.toContain(key)
  expect(error.at?.source).not.toContain(key)
})

test('a variable of the build that is called a secret is refused whatever it holds', () => {
  const error = refusal(`${smallSheet}build: { run: [make], output: dist, env: { API_SECRET: hunter2 } }\n`)
  expect(error.message).toContain('API_SECRET: this looks like a secret')
  expect(error.message).not.toContain('hunter2')
})

test.each(['SENTRY_AUTH_TOKEN', 'NPM_TOKEN', 'DEPLOY_WEBHOOK', 'db_password', 'GOOGLE_CREDENTIALS'])(
  'so is one that output leaves out by its name: %s',
  (name) => {
    const text = `${smallSheet}build: { run: [make], output: dist, env: { ${name}: sntrys-hunter2 } }\n`
    const error = refusal(text)
    expect(error.message).toMatch(new RegExp(`^runsheet\\.yaml:22:\\d+ ${name}: this looks like a secret`))
    expect(error.message).not.toContain('hunter2')
  },
)

test('a variable that says where a secret is holds none', () => {
  const text = `${smallSheet}build: { run: [make], output: dist, env: { TOKEN_FILE: /run/token, API_KEY: "" } }\n`
  expect(loadSheet(text, 'runsheet.yaml', {}).sheet.build?.env).toEqual({ TOKEN_FILE: '/run/token', API_KEY: '' })
})

test.each(['../reports', '/var/reports', 'a/../../b', 'a\\\\..\\\\..'])(
  'a folder of reports outside the project is refused with its place: %s',
  (path) => {
    const error = refusal(`${smallSheet}report: { path: "${path}" }\n`)
    expect(error.exitCode).toBe(2)
    expect(error.message).toMatch(/^runsheet\.yaml:22:17 path: ".+" leads out of the project\n[^]*below the run sheet/)
  },
)

test('a folder of reports in the project is taken', () => {
  const { sheet } = loadSheet(`${smallSheet}report: { path: ./out/..reports }\n`, 'runsheet.yaml', {})
  expect(sheet.report.path).toBe('./out/..reports')
})

test('control characters of a sheet do not reach the terminal', () => {
  const error = refusal(smallSheet.replace('app: demo', 'app: demo\n"x\u001B[31m": 1'))
  expect(error.message).not.toContain('\u001B')
})

test('a sheet that is not there is called missing by its path', async () => {
  const files = { read: async () => null }
  await expect(openSheet(files, 'elsewhere.yaml', {})).rejects.toMatchObject({
    code: 'RUNSHEET_NOT_FOUND',
    message: expect.stringContaining('elsewhere.yaml'),
  })
})

test('periods of a metric are whole minutes, or the 10 and 30 seconds of high resolution', () => {
  const read = (resolution: string) =>
    loadSheet(designExample.replace('resolution: 60s', `resolution: ${resolution}`), 'runsheet.yaml', {}).sheet.metrics[
      'board-load'
    ]?.resolution
  expect(['10s', '30s', '5m'].map(read)).toEqual([10_000, 30_000, 300_000])
  expect(() => read('45s')).toThrow('use whole minutes, or 10s or 30s')
})

test('prototype names are no keys', () => {
  expect(refusal(smallSheet.replace('use: slo', 'use: constructor')).message).toContain(
    'no list of checks "constructor"',
  )
  expect(refusal(smallSheet.replace('deploy: production', 'deploy: __proto__')).message).toContain(
    'no environment "__proto__"',
  )
})

test('all mistakes are told at once, from top to bottom', () => {
  const text = smallSheet
    .replace('app: demo', 'app: demo\ncaptian: me')
    .replace('use: slo', 'use: sol')
    .replace('gate: ready', 'gate: redy')
  const error = refusal(text)
  expect(error.message.split('\n').filter((line) => line.startsWith('runsheet.yaml'))).toEqual([
    'runsheet.yaml:3:1 unknown key "captian"',
    'runsheet.yaml:17:19 use: no list of checks "sol"',
    'runsheet.yaml:22:50 gate: no gate "redy"',
  ])
  expect(error.at).toMatchObject({ line: 3, col: 1, length: 7 })
})

/** The example of the design page with its gaps (`…`, `[...]`, lists that are only named) filled in. */
const designExample = `runsheet: 1
app: statusboard
title: StatusBoardV2 (Sprint 6 → Prod)
captain: Jesus Ortiz
window: { opens: 2026-12-01T18:00, timezone: America/Chicago, lasts: 3h }
freezes: [{ from: 2026-12-24T00:00, to: 2027-01-02T00:00, timezone: America/Chicago, why: holidays }]
state: s3://statusboard-launches
environments:
  staging:    { account: "111111111111", region: us-east-1, profile: sb-staging, bucket: sb-staging, distribution: E2S, url: https://staging.sb.example, health: [/api/health] }
  production: { account: "222222222222", region: us-east-1, role: "arn:aws:iam::222222222222:role/release", bucket: sb-prod, distribution: E2P, url: https://sb.example, health: [/api/health, /] }
build: { run: [npm, run, build], cwd: examples/statusboard, env: { VITE_FEATURE_STATUS_BOARD_V2: "false" }, output: examples/statusboard/dist, immutable: [assets/**], idempotent: true }
flag:  { key: status-board-v2, default: off, store: { kind: s3, path: /flags/status-board-v2.json } }
metrics:
  board-load: { namespace: StatusBoard, name: BoardLoadMs, dimensions: { Environment: "\${environment}" }, variant: { dimension: Variant, canary: v2, control: v1 }, lag: 2m, resolution: 60s }
  drawer-open: { namespace: StatusBoard, name: DrawerOpenMs }
  requests: { namespace: StatusBoard, name: Requests }
  errors:     { namespace: StatusBoard, name: Errors, sparse: true }
  occ-conflicts: { namespace: StatusBoard, name: OccConflicts, sparse: true }
gates:
  slo:
    - { kind: percentile, metric: board-load, percentile: 95, below: 800ms }
    - { kind: average, metric: drawer-open, below: 200ms }
    - { kind: ratio, bad: errors, of: requests, below: 1% }
  canary: [{ use: slo }, { kind: count, metric: occ-conflicts, per: 5m, below: 30, onFail: hold, persist: 2 }, { kind: spike, metric: occ-conflicts }]
  preconditions: [{ use: slo }]
  staging-ready: [{ use: slo }]
  preflight: [{ use: slo }]
  full-rollout: [{ use: slo }]
  verification: [{ use: slo }]
  closeout: [{ use: slo }]
phases:
  - { id: preconditions, gate: preconditions }
  - { id: staging,  run: [build, { deploy: staging }, { smoke: staging }], gate: staging-ready }
  - { id: preflight, run: [validate], gate: preflight }
  - { id: rollout,  run: [{ deploy: production }, { canary: { stages: [10%, 30%, 50%, 100%], bake: 10m, every: 30s, extendUpTo: 3x, gate: canary } }] }
  - { id: full,     run: [{ monitor: 15m }], gate: full-rollout }
  - { id: verify,   run: [{ monitor: 30m }], gate: verification, onFail: full }
  - { id: closeout, run: [report], gate: closeout }
rollback: { budget: { emergency: 30s, full: 3m }, matrix: [] }
approvals: []
contacts: []
channels: {}
escalation: []
`

test('the example of the design page loads and compiles', () => {
  const plan = compilePlan(loadSheet(designExample, 'runsheet.yaml', {}))
  expect(plan.phases).toHaveLength(7)
  expect(plan.rollback.budgetMs).toEqual({ emergency: 30_000, full: 180_000 })
})
