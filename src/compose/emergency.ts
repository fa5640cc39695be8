import type { Clock, FlagStore, Http, Random, Wait } from '../core/ports.ts'
import { documentFlagStore } from '../flags/document-store.ts'
import { systemClock } from '../host/clock.ts'
import { systemHttp } from '../host/http.ts'
import { ulidRandom } from '../host/random.ts'
import type { Sandbox } from '../sandbox/attach.ts'
import { awsOf, endpointsOf, lazyObjects } from './aws-world.ts'
import { wait } from './wait.ts'

/** What an emergency rollback needs, made without a run sheet, a plan or a journal: few modules, so that it starts fast. */
export type EmergencyPorts = {
  readonly flag: FlagStore
  readonly clock: Clock
  readonly random: Random
  readonly wait: Wait
}

export type EmergencyTarget = {
  readonly bucket: string
  readonly key: string
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
  readonly sandbox: Sandbox | null
}

/** Copies of the document live this long when launch wrote it. */
const ttlMs = 5000

export function emergencyPorts(
  target: EmergencyTarget,
  { env, environment, allowEndpoint, sandbox }: EmergencyOptions,
): EmergencyPorts {
  const clock = sandbox?.clock ?? systemClock()
  const site = sandbox?.config.sites.find((one) => one.environment === environment)
  const endpoints = sandbox ? { all: sandbox.apiUrl } : endpointsOf(env)
  const credentials = sandbox
    ? () => ({ accessKeyId: `SANDBOX${site?.account ?? ''}`, secretAccessKey: 'sandbox' })
    : null
  const aws = awsOf(target, { endpoints, allowEndpoint: allowEndpoint || sandbox !== null, credentials, wait })
  const flag = documentFlagStore({
    objects: lazyObjects(aws, target.bucket),
    http: edgeHttp(sandbox, environment),
    flagKey: target.flagKey,
    objectKey: target.key,
    url: target.url ?? '',
    ttlMs,
  })
  return { flag: target.url === null ? withoutEdge(flag) : flag, clock, random: ulidRandom(clock), wait }
}

function edgeHttp(sandbox: Sandbox | null, environment: string): Http {
  const site = sandbox?.siteUrls[environment]
  return systemHttp(
    site === undefined ? undefined : (url) => ({ url: `${site}${url.pathname}`, headers: { host: url.host } }),
  )
}

/** Where the address of the site is not known, what the bucket says is all there is to see. */
function withoutEdge(flag: FlagStore): FlagStore {
  return { ...flag, observe: async (signal) => ({ reading: await flag.read(signal), headers: {} }) }
}
