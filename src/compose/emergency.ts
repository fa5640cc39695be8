import type { Clock, FlagStore, Http, Random, Wait } from '../core/ports.ts'
import { documentFlagStore } from '../flags/document-store.ts'
import { systemClock } from '../host/clock.ts'
import type { Route } from '../host/http.ts'
import { ulidRandom } from '../host/random.ts'
import { secretScrubber } from '../host/secrets.ts'
import type { Sandbox } from '../sandbox/attach.ts'
import { firstPutFast } from '../aws/first-put.ts'
import { awsOf, endpointsOf, lazyObjects } from './aws-world.ts'
import { skewWarning } from './clock-skew.ts'
import { documentPlace, type DocumentPlace } from './emergency-place.ts'
import { fastAccess } from './fast-access.ts'
import { publishedFlag } from './scrubbed.ts'
import { wait } from './wait.ts'

/** What an emergency rollback needs, made without a run sheet, a plan or a journal: few modules, so that it starts fast. */
export type EmergencyPorts = {
  readonly flag: FlagStore
  /** Where the flag's document stands; null of a flag that is none in S3. */
  readonly place: DocumentPlace | null
  /** False where the address of the site is not known: what `flag` observes is then what its store holds. */
  readonly seesUsers: boolean
  readonly clock: Clock
  readonly random: Random
  readonly wait: Wait
  /** A name, and whom AWS takes them for; the name alone in the sandbox and where AWS does not say so quickly. */
  readonly signedBy: (name: string, signal: AbortSignal) => Promise<string>
}

export type EmergencyTarget = EmergencyReach & (FlagDocument | FlagElsewhere)
/** A flag in S3, which needs nothing but its place. */
export type FlagDocument = { readonly bucket: string; readonly key: string; readonly store?: undefined }
/** A flag of another kind, with the fields of its `store:`. */
export type FlagElsewhere = { readonly store: { readonly [field: string]: string } }

export type EmergencyReach = {
  readonly flagKey: string
  readonly region: string
  readonly profile: string | null
  readonly role: string | null
  readonly account: string | null
  /** Where users read it; null when only the bucket is known. */
  readonly url: string | null
}

export type EmergencyOptions = {
  readonly env: { readonly [name: string]: string | undefined }
  readonly environment: string
  readonly allowEndpoint: boolean
  /** The folder of the run sheet. */
  readonly root: string
  readonly sandbox: Sandbox | null
  /** A line for whoever sits before this machine. */
  readonly warn: (line: string) => void
}

/** Copies of the document live this long when launch wrote it. */
const ttlMs = 5000

export async function emergencyPorts(
  target: EmergencyTarget,
  { env, environment, allowEndpoint: allowed, root, sandbox, warn }: EmergencyOptions,
): Promise<EmergencyPorts> {
  const clock = sandbox?.clock ?? systemClock()
  const site = sandbox?.config.sites.find((one) => one.environment === environment)
  const endpoints = sandbox ? { all: sandbox.apiUrl } : endpointsOf(env)
  const allowEndpoint = allowed || sandbox !== null
  const credentials = sandbox ? { accessKeyId: `SANDBOX${site?.account ?? ''}`, secretAccessKey: 'sandbox' } : null
  // Told by the answer to the write, which waits for nothing.
  const heard = sandbox ? {} : { onServerDate: skewWarning(() => systemClock().now(), warn) }
  const aws = awsOf(target, {
    endpoints,
    allowEndpoint,
    credentials: credentials && (() => credentials),
    wait,
    ...heard,
  })
  const http = edgeHttp(sandbox, environment)
  const open = async () => {
    if (target.store !== undefined) {
      const { emergencyStore } = await import('./emergency-store.ts')
      const playedIn = sandbox ? (site?.bucket ?? '') : null
      const order = { ...target, aws, http, environment, env, root, siteUrl: target.url ?? '', playedIn }
      return { opened: emergencyStore(order), place: null }
    }
    const objects = lazyObjects(aws, target.bucket)
    const access = await fastAccess(target, { endpoints, allowEndpoint, credentials, ...heard }, env)
    // Requests are signed with real time, whatever the sandbox plays.
    const fast = access && { access, now: () => systemClock().now() }
    const opened = documentFlagStore({
      objects: fast === null ? objects : firstPutFast(objects, fast),
      http,
      flagKey: target.flagKey,
      objectKey: target.key,
      url: target.url ?? '',
      ttlMs,
    })
    return { opened, place: documentPlace(objects, target.key, fast) }
  }
  const { opened, place } = await open()
  const seesUsers = target.url !== null || target.store !== undefined
  return {
    flag: publishedFlag(seesUsers ? opened : withoutEdge(opened), secretScrubber(env, tokensOf(target))),
    place,
    seesUsers,
    clock,
    // Ids sort by real time, as those of launches do.
    random: ulidRandom(systemClock()),
    wait,
    signedBy: async (name, signal) => (sandbox ? name : (await import('./signer.ts')).signedBy(name, aws, signal)),
  }
}

/** The variables of a flag service's tokens. */
function tokensOf({ store }: EmergencyTarget): readonly string[] {
  return Object.entries(store ?? {}).flatMap(([field, name]) => (field.endsWith('_env') ? [name] : []))
}

/** Loaded when the edge is looked at, after the write. */
function edgeHttp(sandbox: Sandbox | null, environment: string): Http {
  const site = sandbox?.siteUrls[environment]
  const route: Route | undefined =
    site === undefined ? undefined : (url) => ({ url: `${site}${url.pathname}`, headers: { host: url.host } })
  let made: Promise<Http> | null = null
  return {
    get: async (...args) => {
      made ??= import('../host/http.ts').then(({ systemHttp }) => systemHttp(route))
      return (await made).get(...args)
    },
  }
}

/** Where the address of the site is not known, what the bucket says is all there is to see. */
function withoutEdge(flag: FlagStore): FlagStore {
  return { ...flag, observe: async (signal) => ({ reading: await flag.read(signal), headers: {} }) }
}
