/** A whole launch that takes a second: nothing to build, two short canary stages, every kind of question once. */
const guidedSheet = `runsheet: 1
app: small
title: Small board
captain: Captain
environments:
  staging: { region: us-east-1, bucket: small-staging, distribution: E1, url: https://staging.small.example, health: [/] }
  production: { region: us-east-1, bucket: small-prod, distribution: E2, url: https://small.example, health: [/] }
build: { run: [node, -e, ""], output: site, idempotent: true }
flag: { key: new-board, default: off, store: { kind: s3, path: /flags/new-board.json } }
metrics:
  requests: { namespace: Small, name: Requests, dimensions: { Environment: "\${environment}" }, variant: { dimension: Variant, canary: v2, control: v1 } }
  errors: { namespace: Small, name: Errors, dimensions: { Environment: "\${environment}" }, variant: { dimension: Variant, canary: v2, control: v1 }, sparse: true }
gates:
  ready:
    - { kind: confirm, id: seen, ask: "Has somebody looked at the board?" }
    - { kind: approval, id: signed, roles: [qa-lead] }
  canary: [{ kind: ratio, bad: errors, of: requests, below: 1%, judge: threshold }]
phases:
  - { id: staging, title: Staging, run: [build, { deploy: staging }], gate: ready, patience: 5m }
  - id: rollout
    title: Rollout
    run: [{ deploy: production }, { canary: { stages: [50%, 100%], bake: 2m, every: 1m, extendUpTo: 4x, gate: canary, maxUnattended: 10m } }]
  - { id: closeout, title: Closeout, run: [report] }
approvals:
  - { role: support-lead, statement: Team briefed }
  - { role: qa-lead, statement: All test scenarios passed }
`

/** A project folder for it. */
export const guidedProject = {
  'runsheet.yaml': guidedSheet,
  'site/index.html': '<!doctype html><title>Small board</title>\n',
} as const
