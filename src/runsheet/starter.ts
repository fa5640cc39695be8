/** Where one environment is; null for what is not known yet. `distribution`: `none` where there is none. */
export type Place = {
  readonly bucket: string | null
  readonly url: string | null
  readonly distribution: string | null
}

/** What only people know; null for what they have not said. */
export type Answers = {
  readonly captain: string | null
  readonly region: string
  readonly staging: Place
  readonly production: Place
  /** Where launches are remembered: `s3://bucket/prefix`. */
  readonly state: string | null
}

/** What `launch init` found out about a folder, and was told. */
export type Found = Answers & {
  /** Name of the app: small letters, digits and hyphens. */
  readonly app: string
  /** Command that builds it, or null when nothing says how. */
  readonly build: readonly string[] | null
  readonly buildEnv: { readonly [name: string]: string }
  /** Folder of the built files. */
  readonly output: string
  /** Globs of files that carry their content hash in their name. */
  readonly immutable: readonly string[]
  /** Why what is built cannot be launched as it is, or null. */
  readonly lacks: string | null
  /** `schema/runsheet.schema.json`, or null: where an editor finds the schema. */
  readonly schema: string | null
}

/** A first run sheet: the smallest that is a whole launch. What only the owner can know is marked `TODO`. */
export function starterSheet(found: Found): string {
  const { app, schema, captain, state } = found
  return [
    ...(schema === null ? [] : [`# yaml-language-server: $schema=${schema}`]),
    `# Go-live run sheet of ${app}. launch plan shows what it does, launch auto --sandbox plays it on this machine.`,
    '# launch schema prints everything that may be written here.',
    'runsheet: 1',
    `app: ${app}`,
    `captain: ${quoted(captain ?? '')}${captain === null ? ' # TODO who leads the launch' : ''}`,
    '# window: { opens: 2026-12-01T18:00, timezone: America/Chicago, lasts: 3h } # without it production may change at any time',
    state === null
      ? '# state: s3://bucket/prefix # where launches are remembered, so that any machine can resume, watch or roll back'
      : `state: ${quoted(state)}`,
    '',
    'environments: # profile: or role: to sign in with, account: to be sure whose it is',
    placeLine('staging', found),
    placeLine('production', found),
    '',
    ...buildLines(found),
    '',
    '# One JSON document beside the site; the app asks it who gets the new version.',
    `flag: { key: ${app}-next, default: off, store: { kind: s3, path: /flags/${app}-next.json } }`,
    '',
    'metrics: # TODO the CloudWatch metrics your app publishes; the variant tells users of the new version from those of the old one',
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

function placeLine(name: 'staging' | 'production', found: Found): string {
  const { app, region, [name]: place } = found
  const host = name === 'production' ? `${app}.example` : `${name}.${app}.example`
  const fields = [
    `region: ${quoted(region)}`,
    `bucket: ${quoted(place.bucket ?? `${app}-${name}`)}`,
    ...(place.distribution === null || place.distribution === 'none'
      ? []
      : [`distribution: ${quoted(place.distribution)}`]),
    `url: ${quoted(place.url ?? `https://${host}`)}`,
    'health: [/]',
  ]
  const left = [
    ...(place.bucket === null ? ['bucket'] : []),
    ...(place.url === null ? ['url'] : []),
    ...(place.distribution === null ? ['distribution (CloudFront, if it has one)'] : []),
  ]
  return `  ${name}: { ${fields.join(', ')} }${left.length === 0 ? '' : ` # TODO ${left.join(', ')}`}`
}

function buildLines({ build, buildEnv, output, immutable, lacks }: Found): readonly string[] {
  const todo = lacks === null ? '' : ` # TODO ${lacks}`
  const list = (words: readonly string[]) => `[${words.map(quoted).join(', ')}]`
  if (build === null)
    return [
      '# Nothing here says how the site is built. When it is: run: [npm, run, build]',
      `build: { run: [node, --version], output: ${quoted(output)} } # TODO the command that fills ${quoted(output)}`,
    ]
  const env = Object.entries(buildEnv).map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
  const envField = env.length === 0 ? '' : `, env: { ${env.join(', ')} }`
  return [`build: { run: ${list(build)}${envField}, output: ${quoted(output)}, immutable: ${list(immutable)} }${todo}`]
}

/** As YAML: bare where that reads the same, in quotes otherwise. */
function quoted(value: string): string {
  const isPlain = /^[a-z](?:[\w./:-]*[\w/*])?$/i.test(value) && !/^(?:true|false|null|yes|no|on|off)$/i.test(value)
  return isPlain ? value : JSON.stringify(value)
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
