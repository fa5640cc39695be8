import { join, resolve } from 'node:path'
import type { AllowedEndpoints } from '../aws/endpoint.ts'
import type { AwsEnvironment } from '../aws/environment.ts'
import { environmentOf } from '../core/environment-of.ts'
import type { Environment, Plan } from '../core/plan.ts'
import type { Cdn, Clock, Exec, Files, FlagStore, Http, ObjectStore, Random, StateStore, Wait } from '../core/ports.ts'
import { openFlagStore } from '../flags/registry.ts'
import { systemClock } from '../host/clock.ts'
import { systemExec } from '../host/exec.ts'
import { projectFiles } from '../host/files.ts'
import { systemHttp, systemHttpApi } from '../host/http.ts'
import { ulidRandom } from '../host/random.ts'
import { secretScrubber } from '../host/secrets.ts'
import { systemDisk } from '../host/disk.ts'
import { directoryStore } from '../journal/directory-store.ts'
import { s3Store } from '../journal/s3-store.ts'
import { parseStateLocation } from '../journal/state-location.ts'
import type { Sandbox } from '../sandbox/attach.ts'
import { awsOf, endpointsOf, keyFilesOf, jitter, lazyCdn, lazyObjects, lazyParameters } from './aws-world.ts'
import { accountCheck, checkedCdn, checkedFlag, checkedObjects, type AccountCheck } from './right-account.ts'
import { playedFlag } from '../flags/played.ts'
import { publishedFlag } from './scrubbed.ts'
import { skewWarning } from './clock-skew.ts'
import { wait } from './wait.ts'

type Env = { readonly [name: string]: string | undefined }

/** Real or played: everything of the outside that a command may touch, made from one plan. */
export type OutsideWorld = {
  readonly clock: Clock
  readonly random: Random
  readonly wait: Wait
  readonly http: Http
  readonly exec: Exec
  readonly files: Files
  readonly aws: (environment: Environment) => AwsEnvironment
  readonly objects: (environment: string) => ObjectStore
  readonly cdn: (environment: string) => Cdn | null
  readonly flag: (environment: string) => FlagStore
  readonly childEnv: (environment: string) => { readonly [name: string]: string }
}

export type WorldOptions = {
  readonly plan: Plan
  readonly root: string
  readonly env: Env
  readonly allowEndpoint: AllowedEndpoints
  readonly sandbox: Sandbox | null
  /** A line for whoever sits before this machine. */
  readonly warn: (line: string) => void
}

export function outsideWorld({ plan, root, env, allowEndpoint, sandbox, warn }: WorldOptions): OutsideWorld {
  const clock = sandbox?.clock ?? systemClock()
  // Ids sort by real time: every fresh sandbox world begins at the same virtual instant.
  const random = ulidRandom(systemClock())
  const http = systemHttp(sandbox ? sandboxRoute(plan, sandbox) : undefined)
  const files = projectFiles(root, { dotNames: ['.well-known', ...(plan.build?.dotfiles ?? [])] })
  const scrubber = secretScrubber(env, secretVariables(plan))
  const clients = new Map<string, AwsEnvironment>()
  const onServerDate = skewWarning(() => clock.now(), warn)
  const checks = new Map<string, AccountCheck>()
  const aws = (environment: Environment) => {
    const known = clients.get(environment.name)
    if (known) return known
    const endpoints = sandbox ? { all: sandbox.apiUrl } : endpointsOf(env)
    const credentials = sandbox ? sandboxKeys : null
    const made = awsOf(environment, {
      endpoints,
      allowEndpoint: allowEndpoint || sandbox !== null,
      credentials,
      wait,
      ...(sandbox ? {} : { onServerDate, keyFiles: keyFilesOf(env, environment.profile) }),
    })
    clients.set(environment.name, made)
    return made
  }
  const check = (name: string) => {
    const environment = environmentOf(plan, name)
    const made = checks.get(name) ?? accountCheck(environment, () => aws(environment))
    checks.set(name, made)
    return made
  }
  const objects = (name: string, bucket?: string | null) => {
    const environment = environmentOf(plan, name)
    return lazyObjects(aws(environment), bucket ?? environment.bucket)
  }
  return {
    clock,
    random,
    wait,
    http,
    files,
    aws,
    exec: execIn(root, systemExec({ env: sandbox ? withoutAws(env) : env, scrubber })),
    objects: (name) => checkedObjects(objects(name), check(name)),
    cdn: (name) => {
      const environment = environmentOf(plan, name)
      const { distribution } = environment
      return distribution === null ? null : checkedCdn(lazyCdn(aws(environment), distribution), check(name))
    },
    flag: (name) => {
      const versions = directoryStore(join(root, '.launch', 'flags'), systemDisk)
      const store = openFlagStore(sandbox ? playedFlag(plan.flag) : plan.flag, {
        objects: (bucket) => objects(name, bucket),
        http,
        environment: name,
        siteUrl: environmentOf(plan, name).url,
        files,
        versions,
        api: systemHttpApi(),
        secret: (variable) => env[variable] || null,
        parameters: lazyParameters(aws(environmentOf(plan, name))),
      })
      const published = publishedFlag(store, scrubber)
      // A flag of another service, or in a folder, is no business of an AWS account.
      return /^(?:s3|ssm):/.test(store.location) ? checkedFlag(published, check(name)) : published
    },
    childEnv: (name) => ({
      LAUNCH_URL: sandbox?.siteUrls[name] ?? environmentOf(plan, name).url,
      LAUNCH_ENV: name,
      ...(sandbox ? { AWS_ENDPOINT_URL: sandbox.apiUrl, ...keysAsEnv(environmentOf(plan, name)) } : {}),
    }),
  }
}

/** Opens the place where launches are remembered. */
export function stateStore(location: string, root: string, objects: (bucket: string) => ObjectStore): StateStore {
  const parsed = parseStateLocation(location)
  return parsed.kind === 'file'
    ? directoryStore(resolve(root, parsed.path), systemDisk)
    : s3Store(objects(parsed.bucket), parsed.prefix, wait, jitter)
}

/** The run sheet says that these hold a secret, whatever they are called. */
export function secretVariables({ channels, flag, notify }: Plan): readonly string[] {
  const tokens = Object.entries(flag.store).flatMap(([field, name]) => (field.endsWith('_env') ? [name] : []))
  const pager = notify?.page ? [notify.page.keyEnv] : []
  return [...tokens, ...pager, ...Object.values(channels).flatMap(({ webhookEnv }) => webhookEnv ?? [])]
}

/** The sheet's addresses are played by the sandbox's sites. */
function sandboxRoute(plan: Plan, sandbox: Sandbox) {
  return (url: URL) => {
    const environment = Object.values(plan.environments).find((one) => new URL(one.url).host === url.host)
    const site = environment && sandbox.siteUrls[environment.name]
    return site === undefined ? null : { url: `${site}${url.pathname}${url.search}`, headers: { host: url.host } }
  }
}

function sandboxKeys({ account }: Pick<Environment, 'account'>) {
  return { accessKeyId: account === null ? 'SANDBOX' : `SANDBOX${account}`, secretAccessKey: 'sandbox' }
}

function keysAsEnv(environment: Environment): { readonly [name: string]: string } {
  const { accessKeyId, secretAccessKey } = sandboxKeys(environment)
  return { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: environment.region }
}

/** Real AWS settings never reach what runs in the sandbox. */
function withoutAws(env: Env): Env {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('AWS_')))
}

function execIn(root: string, exec: Exec): Exec {
  return { ...exec, run: (request, signal) => exec.run({ ...request, cwd: resolve(root, request.cwd) }, signal) }
}
