/** A run sheet with every part that another part can name wrongly, small enough to count columns in. */
export const smallSheet = `runsheet: 1
app: demo
window: { opens: 2026-12-01T18:00, timezone: America/Chicago, lasts: 3h }
environments:
  staging: { region: us-east-1, bucket: demo-staging, url: "https://staging.demo.example/" }
  production: { region: us-east-1, bucket: demo-prod, url: https://demo.example, health: [/api/health] }
flag: { key: new-board, default: off, store: { kind: s3, path: /flags/new-board.json } }
metrics:
  board-load: { namespace: Demo, name: BoardLoadMs, dimensions: { Environment: "\${environment}" } }
  requests: { namespace: Demo, name: Requests }
  errors: { namespace: Demo, name: Errors, sparse: true }
gates:
  slo:
    - { kind: percentile, metric: board-load, percentile: 95, below: 800ms }
    - { kind: ratio, bad: errors, of: requests, below: 1% }
  canary: [{ use: slo }, { kind: count, metric: errors, per: 5m, below: 30 }]
  ready: [{ kind: http, health: true }]
phases:
  - { id: staging, run: [build, { deploy: staging }], gate: slo }
  - { id: rollout, run: [{ deploy: production }, { canary: { stages: [10%, 50%, 100%], bake: 10m, gate: canary } }] }
  - { id: verify, run: [{ monitor: 30m }], gate: ready }
`
