import { z } from 'zod'
import { version } from '../core/brand.ts'
import { Duration } from '../core/fields.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import type { FlagStore } from '../core/ports.ts'
import { defineFlagStore, inEnvironment } from './define.ts'
import { readDarkly, splitOf, writtenIn, type DarklyPlace } from './launchdarkly-flag.ts'
import { mayWrite } from './may-write.ts'
import { exposedPoints } from './points.ts'
import { asked, jsonOf, type Service } from './service.ts'
import { withoutTrailing } from '../core/without-trailing.ts'

const Key = z.string().regex(/^[A-Za-z0-9._-]+$/, 'keys of LaunchDarkly are letters, digits, dots, _ and -')

export const launchdarkly = defineFlagStore({
  kind: 'launchdarkly',
  about: 'a boolean flag of LaunchDarkly, changed through its REST API by JSON patches that test the version',
  example: '{ kind: launchdarkly, project: status-board, token_env: LAUNCHDARKLY_TOKEN }',
  cas: true,
  dealtBy: 'service',
  shape: {
    project: Key.describe('key of the project'),
    environment: z
      .string()
      .regex(/^(?:[A-Za-z0-9._-]|\$\{environment\})+$/, 'keys of LaunchDarkly are letters, digits, dots, _ and -')
      .default('${environment}')
      .describe('key of the environment there; ${environment} is the name of the one here'),
    token_env: z.string().min(1).describe('environment variable with an access token that may change the flag'),
    sdk_key_env: z
      .string()
      .min(1)
      .optional()
      .describe('environment variable with the SDK key: launch then sees the flag as SDKs get it'),
    url: z.url().default('https://app.launchdarkly.com').describe('address of the REST API'),
    sdk_url: z.url().default('https://sdk.launchdarkly.com').describe('address SDKs get their flags from'),
    propagation: Duration.prefault('10s').describe('how long your slowest SDK takes to see a change'),
  },
  open: (spec, flagKey, { api, secret, environment }) => {
    const service = (url: string, variable: string): Service => ({
      name: 'LaunchDarkly',
      url: withoutTrailing('/', url),
      api,
      token: { variable, value: secret(variable) },
    })
    return darklyFlagStore({
      rest: service(spec.url, spec.token_env),
      sdk: spec.sdk_key_env === undefined ? null : service(spec.sdk_url, spec.sdk_key_env),
      place: { project: spec.project, environment: inEnvironment(spec.environment, environment), flagKey },
      propagationMs: spec.propagation,
    })
  },
})

export type DarklyOptions = {
  readonly rest: Service
  readonly sdk: Service | null
  readonly place: DarklyPlace
  readonly propagationMs: number
}

/**
 * Off is the flag's own switch (`on: false`), so that a raise under way cannot undo it and a person's hand on the switch counts
 * as a latch. What launch says of itself stands in the custom property `launch.<environment>`, in the same patch. Free of reads
 * when it is turned off: boolean flags serve true as variation 0 and false as variation 1, which every read verifies.
 */
export function darklyFlagStore({ rest, sdk, place, propagationMs }: DarklyOptions): FlagStore {
  const path = `/api/v2/flags/${place.project}/${place.flagKey}`
  const look = async (signal: AbortSignal) => {
    const answer = await asked(rest, { method: 'GET', path: `${path}?env=${place.environment}` }, [], signal)
    return readDarkly(jsonOf(rest.name, answer), place)
  }
  const patch = async (flag: FlagState, test: readonly object[], expected: readonly number[], signal: AbortSignal) => {
    const body = { comment: `launch: ${flag.reason}`, patch: [...test, ...writtenIn(flag, place)] }
    const answer = await asked(rest, { method: 'PATCH', path, body }, expected, signal)
    return answer.status < 400 ? version(String(readDarkly(jsonOf(rest.name, answer), place).count)) : null
  }
  return {
    cas: true,
    propagationMs,
    location: `launchdarkly:${place.project}/${place.environment}/${place.flagKey}`,
    read: async (signal) => (await look(signal)).reading,
    write: async (flag, expect, signal) => {
      let count = expect === null ? null : Number(expect)
      if (count === null) {
        const found = await look(signal)
        if (found.reading.status !== 'absent') return { status: 'conflict' }
        count = found.count
      }
      const test = [{ op: 'test', path: '/_version', value: count }]
      // 409 is the documented answer; a patch whose test fails may also be called invalid.
      const written = await patch(flag, test, [400, 409, 422], signal)
      if (written !== null) return { status: 'written', version: written }
      if ((await look(signal)).count !== count) return { status: 'conflict' }
      return { status: 'written', version: await insisting(() => patch(flag, test, [], signal)) }
    },
    forceOff: async (flag, signal) => insisting(() => patch({ ...flag, percent: 0, latched: true }, [], [], signal)),
    // No flag has this version: who may not write is told so before the test is.
    mayWrite: (signal) => {
      const body = { patch: [{ op: 'test', path: '/_version', value: -1 }] }
      return mayWrite(() => asked(rest, { method: 'PATCH', path, body }, [400, 409, 422], signal), path, signal)
    },
    observe: async (signal) => {
      const found = await look(signal)
      if (sdk === null) return { reading: found.reading, headers: {} }
      const answer = await asked(sdk, { method: 'GET', path: `/sdk/latest-flags/${place.flagKey}` }, [404], signal)
      const reading = answer.status === 404 ? { status: 'absent' as const } : asServed(found, jsonOf(sdk.name, answer))
      return { reading, headers: answer.headers }
    },
  }
}

/** A patch that tests nothing is written or thrown. */
async function insisting<T>(call: () => Promise<T | null>): Promise<T> {
  const done = await call()
  if (done === null) throw new Error('a patch without a test met a conflict')
  return done
}

/** What SDKs get says how many are on, but not in whose name: that is known once it is what the REST API says, too. */
function asServed(found: ReturnType<typeof readDarkly>, served: unknown): FlagReading {
  const { reading } = found
  if (reading.status !== 'present') return reading
  const points = splitOf(served)
  if (points === exposedPoints(reading.flag)) return reading
  const { audience: _unknown, ...flag } = reading.flag
  return { ...reading, flag: { ...flag, percent: points / 100, serial: 0, writeId: '', latched: false } }
}
