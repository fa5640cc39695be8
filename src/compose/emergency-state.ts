import type { AllowedEndpoints } from '../aws/endpoint.ts'
import type { StateAt } from '../context.ts'
import { systemClock } from '../host/clock.ts'
import { ulidRandom } from '../host/random.ts'
import type { Sandbox } from '../sandbox/attach.ts'
import { awsOf, endpointsOf, lazyObjects } from './aws-world.ts'
import { wait } from './wait.ts'
import { stateStore } from './world.ts'

export type EmergencyStateOptions = {
  readonly env: { readonly [name: string]: string | undefined }
  readonly region: string
  /** What a relative `file:` location is relative to. */
  readonly cwd: string
  readonly allowEndpoint: AllowedEndpoints
  readonly sandbox: Sandbox | null
}

/** The place where launches are remembered, opened without a run sheet. Throws USAGE for an address it is not. */
export function emergencyState(
  location: string,
  { env, region, cwd, allowEndpoint, sandbox }: EmergencyStateOptions,
): StateAt {
  const clock = sandbox?.clock ?? systemClock()
  const aws = awsOf(
    { region, profile: null, role: null, account: null },
    {
      endpoints: sandbox ? { all: sandbox.apiUrl } : endpointsOf(env),
      allowEndpoint: allowEndpoint || sandbox !== null,
      credentials: sandbox ? () => ({ accessKeyId: 'SANDBOX', secretAccessKey: 'sandbox' }) : null,
      wait,
    },
  )
  const store = stateStore(location, cwd, (bucket) => lazyObjects(aws, bucket))
  return { store, clock, random: ulidRandom(systemClock()) }
}
