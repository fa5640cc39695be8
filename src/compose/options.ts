import { LaunchError } from '../core/errors.ts'

/** What every command understands, from flags and their LAUNCH_… twins; decided once. */
export type GlobalOptions = {
  readonly runsheet: string
  readonly cwd: string
  readonly env: string
  readonly state: string | null
  readonly app: string | null
  /** The scenario that plays, or null for the real world. */
  readonly scenario: string | null
  /** The scenario was named, not just the sandbox asked for. */
  readonly scenarioNamed: boolean
  readonly seed: number
  readonly keep: boolean
  readonly json: boolean
  readonly jsonl: boolean
  /** Where the gates of a run are written to as JUnit XML. */
  readonly junit: string | null
  readonly yes: boolean
  readonly noInput: boolean
  /** Sign-offs are not asked for; recorded ones are still needed. */
  readonly skipUat: boolean
  readonly dryRun: boolean
  readonly quiet: boolean
  readonly verbose: boolean
  /** False: the log alone, also where a terminal could show more. */
  readonly live: boolean
  readonly color: boolean | null
  readonly allowEndpoint: boolean
}

type Env = { readonly [name: string]: string | undefined }
type Raw = { readonly [name: string]: string | boolean | undefined }

/** Throws LaunchError USAGE for a value that makes no sense. */
export function readOptions(raw: Raw, env: Env, cwd: string): GlobalOptions {
  const word = (name: string, twin: string) => {
    const value = raw[name]
    return typeof value === 'string' ? value : env[twin] || null
  }
  const on = (name: string, ...twins: readonly string[]) => raw[name] === true || twins.some((twin) => isOn(env[twin]))
  const scenario = word('scenario', 'LAUNCH_SCENARIO')
  const sandbox = scenario !== null || on('sandbox', 'LAUNCH_SANDBOX')
  const seed = Number(word('seed', 'LAUNCH_SEED') ?? '1')
  if (!Number.isSafeInteger(seed))
    throw new LaunchError('USAGE', `--seed "${word('seed', 'LAUNCH_SEED')}" is not a whole number`)
  return {
    runsheet: word('runsheet', 'LAUNCH_RUNSHEET') ?? 'runsheet.yaml',
    cwd: word('cwd', 'LAUNCH_CWD') ?? cwd,
    env: word('env', 'LAUNCH_ENV_NAME') ?? 'production',
    state: word('state', 'LAUNCH_STATE'),
    app: word('app', 'LAUNCH_APP'),
    scenario: sandbox ? (scenario ?? 'healthy') : null,
    scenarioNamed: scenario !== null,
    seed,
    keep: on('keep', 'LAUNCH_KEEP'),
    json: on('json', 'LAUNCH_JSON'),
    jsonl: on('jsonl', 'LAUNCH_JSONL'),
    junit: word('junit', 'LAUNCH_JUNIT'),
    yes: on('yes', 'LAUNCH_YES', 'AUTO_CONFIRM'),
    skipUat: on('skipUatInteractive', 'LAUNCH_SKIP_UAT_INTERACTIVE', 'SKIP_UAT_INTERACTIVE'),
    noInput: raw['input'] === false || isOn(env['LAUNCH_NO_INPUT']),
    dryRun: on('dryRun', 'LAUNCH_DRY_RUN'),
    quiet: on('quiet', 'LAUNCH_QUIET'),
    verbose: on('verbose', 'LAUNCH_VERBOSE'),
    live: raw['live'] !== false && !isOff(env['LAUNCH_LIVE']),
    color: typeof raw['color'] === 'boolean' ? raw['color'] : colorTwin(env['LAUNCH_COLOR']),
    allowEndpoint: on('allowEndpoint', 'LAUNCH_ALLOW_ENDPOINT'),
  }
}

function isOn(value: string | undefined): boolean {
  return value !== undefined && ['1', 'true', 'yes', 'on'].includes(value.toLowerCase())
}

function isOff(value: string | undefined): boolean {
  return value !== undefined && ['0', 'false', 'no', 'off'].includes(value.toLowerCase())
}

function colorTwin(value: string | undefined): boolean | null {
  return value === undefined || value === '' ? null : isOn(value)
}
