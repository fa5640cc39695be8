/** What `launch init` found out about a folder. */
export type Found = {
  /** Name of the app: small letters, digits and hyphens. */
  readonly app: string
  /** Command that builds it, or null when nothing says how. */
  readonly build: readonly string[] | null
  /** Folder of the built files. */
  readonly output: string
  /** Globs of files that carry their content hash in their name. */
  readonly immutable: readonly string[]
  /** `schema/runsheet.schema.json`, or null: where an editor finds the schema. */
  readonly schema: string | null
}

/** A first run sheet: the smallest that is a whole launch. What only the owner can know is marked `TODO`. */
export function starterSheet({ app, build, output, immutable, schema }: Found): string {
  const text = (value: string) => JSON.stringify(value)
  const buildLines =
    build === null
      ? [
          '# Nothing here says how the site is built. When it is: run: [npm, run, build]',
          `build: { run: [node, --version], output: ${text(output)} } # TODO the command that fills ${output}`,
        ]
      : [
          `build: { run: [${build.map(text).join(', ')}], output: ${text(output)}, immutable: [${immutable.map(text).join(', ')}] }`,
        ]
  return [
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`]),
    `# Go-live run sheet of ${app}. launch plan shows what it does, launch auto --sandbox plays it on this machine.`,
    '# launch schema prints everything that may be written here.',
    'runsheet: 1',
    `app: ${app}`,
    'captain: "" # TODO who leads the launch',
    '# window: { opens: 2026-12-01T18:00, timezone: America/Chicago, lasts: 3h } # without it production may change at any time',
    '',
    'environments: # TODO bucket, distribution and address of each; profile: or role: to sign in with',
    `  staging: { region: us-east-1, bucket: ${app}-staging, url: https://staging.${app}.example, health: [/] }`,
    `  production: { region: us-east-1, bucket: ${app}-production, url: https://${app}.example, health: [/] }`,
    '',
    ...buildLines,
    '',
    '# One JSON document beside the site; the app asks it who gets the new version.',
    `flag: { key: ${app}-next, default: off, store: { kind: s3, path: /flags/${app}-next.json } }`,
    '',
    'metrics: # TODO the CloudWatch metrics your app publishes; the variant tells new users from old ones',
    ...['requests', 'errors'].map((metric) => metricLine(app, metric)),
    `  latency: { namespace: ${app}, name: LatencyMs, dimensions: { Environment: "\${environment}" }, variant: ${variant} }`,
    '',
    'gates: # lists of checks; all of a list have to pass, and no data is not a pass',
    '  slo:',
    '    - { kind: ratio, id: error-rate, bad: errors, of: requests, below: 1% }',
    '    - { kind: percentile, id: latency-p95, metric: latency, percentile: 95, below: 800ms }',
    '  preflight:',
    '    - { kind: http, id: healthy, health: true }',
    '    - { kind: credentials, id: rights }',
    '    - { kind: artifact, id: artifact }',
    '    - { kind: approval, id: sign-offs, roles: [release-captain] }',
    '  canary: [{ use: slo }]',
    '  verification: [{ use: slo }, { kind: http, id: still-healthy, health: true }]',
    '',
    'phases:',
    '  - { id: staging, title: Staging, run: [build, { deploy: staging }], gate: slo }',
    '  - { id: preflight, title: Production preflight, gate: preflight }',
    '  - id: rollout',
    '    title: Deploy and canary',
    '    run:',
    '      - { deploy: production }',
    '      - { canary: { stages: [10%, 50%, 100%], bake: 10m, gate: canary } }',
    '  - { id: verify, title: Verification, run: [{ monitor: 15m }, report], gate: verification, onFail: full }',
    '',
    'approvals:',
    '  - { role: release-captain, statement: Ready for production users }',
    '',
  ].join('\n')
}

const variant = '{ dimension: Variant, canary: new, control: old }'

function metricLine(app: string, metric: string): string {
  const name = `${metric.slice(0, 1).toUpperCase()}${metric.slice(1)}`
  // A minute without errors is usually not published at all.
  const sparse = metric === 'errors' ? ', sparse: true' : ''
  return `  ${metric}: { namespace: ${app}, name: ${name}, dimensions: { Environment: "\${environment}" }, variant: ${variant}${sparse} }`
}

/** `@acme/Status Board` → `status-board`: a name the run sheet allows, or `app`. */
export function appName(text: string): string {
  const name = text
    .replace(/^@[^/]+\//, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 40)
    .replace(/-+$/, '')
  return name === '' ? 'app' : name
}
