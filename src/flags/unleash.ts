import { z } from 'zod'
import { exposedPercent } from '../core/audience.ts'
import { version } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import { Duration } from '../core/fields.ts'
import type { FlagState } from '../core/flag.ts'
import type { FlagStore } from '../core/ports.ts'
import { defineFlagStore, inEnvironment } from './define.ts'
import { mayWrite } from './may-write.ts'
import { asked, jsonOf, type Service } from './service.ts'
import { latchStrategy, readServed, readUnleash, rolloutStrategy, type UnleashState } from './unleash-flag.ts'
import { withoutTrailing } from '../core/without-trailing.ts'

const Name = z.string().regex(/^[A-Za-z0-9._~-]+$/, 'names of Unleash are URL-friendly')

/** Its rollouts are whole percents. */
const finest = 1

export const unleash = defineFlagStore({
  kind: 'unleash',
  about: 'a flag of Unleash with one gradual rollout; whole percents only, and no compare-and-set, so people drive it',
  example: '{ kind: unleash, url: "https://unleash.example.com", token_env: UNLEASH_TOKEN }',
  cas: false,
  dealtBy: 'service',
  finest,
  shape: {
    url: z.url().describe('address of the Unleash server'),
    project: Name.default('default').describe('project of the flag'),
    environment: z
      .string()
      .regex(/^(?:[A-Za-z0-9._~-]|\$\{environment\})+$/, 'names of Unleash are URL-friendly')
      .default('${environment}')
      .describe('environment there; ${environment} is the name of the one here'),
    token_env: z.string().min(1).describe('environment variable with a token that may change the flag'),
    client_token_env: z
      .string()
      .min(1)
      .optional()
      .describe('environment variable with a client token: launch then sees the flag as SDKs get it'),
    propagation: Duration.prefault('20s').describe('how long your slowest SDK takes to see a change: its interval'),
  },
  open: (spec, flagKey, { api, secret, environment }) => {
    const service = (variable: string): Service => ({
      name: 'Unleash',
      url: withoutTrailing('/', spec.url),
      api,
      token: { variable, value: secret(variable) },
    })
    return unleashFlagStore({
      admin: service(spec.token_env),
      client: spec.client_token_env === undefined ? null : service(spec.client_token_env),
      project: spec.project,
      environment: inEnvironment(spec.environment, environment),
      flagKey,
      propagationMs: spec.propagation,
    })
  },
})

export type UnleashOptions = {
  readonly admin: Service
  readonly client: Service | null
  readonly project: string
  readonly environment: string
  readonly flagKey: string
  readonly propagationMs: number
}

/**
 * Off is the environment's own switch, so that a raise under way, which changes the rollout alone, cannot undo it; a latch is a
 * strategy of its own, disabled, added and never replaced. Only what acknowledges the latch turns the environment on again.
 */
export function unleashFlagStore(options: UnleashOptions): FlagStore {
  const { admin, client, project, environment, flagKey, propagationMs } = options
  const feature = `/api/admin/projects/${project}/features/${flagKey}`
  const path = `${feature}/environments/${environment}`
  const call = (method: 'POST' | 'PUT' | 'PATCH', below: string, body: unknown, signal: AbortSignal) =>
    asked(admin, { method, path: `${path}${below}`, body }, [], signal)
  const look = async (signal: AbortSignal) =>
    readUnleash(jsonOf(admin.name, await asked(admin, { method: 'GET', path }, [], signal)), flagKey)

  /** Everything that serves users and is not launch's own is disabled, what it acknowledges is disarmed. */
  const replace = async (flag: FlagState, seen: UnleashState, signal: AbortSignal) => {
    for (const { id } of seen.foreign)
      await call('PATCH', `/strategies/${id}`, [{ op: 'replace', path: '/disabled', value: true }], signal)
    const rollout = rolloutStrategy(flag)
    await (seen.own === null
      ? call('POST', '/strategies', rollout, signal)
      : call('PUT', `/strategies/${seen.own}`, rollout, signal))
    if (!seen.enabled && mayTurnOn(flag, seen)) await call('POST', '/on', undefined, signal)
  }
  return {
    cas: false,
    propagationMs,
    finest,
    location: `unleash:${project}/${environment}/${flagKey}`,
    read: async (signal) => (await look(signal)).reading,
    write: async (flag, expect, signal) => {
      refuseFractions(exposedPercent(flag.percent, flag.audience))
      const seen = await look(signal)
      const there = seen.reading.status === 'absent' ? null : seen.reading.version
      if (there !== expect) return { status: 'conflict' }
      await replace(flag, seen, signal)
      const after = await look(signal)
      const strange = after.latches.filter((latch) => !flag.acks.includes(latch) && !seen.latches.includes(latch))
      // A rollback came in between: its switch is what counts.
      if (strange.length > 0 && after.enabled) await call('POST', '/off', undefined, signal)
      const { reading } = strange.length > 0 ? await look(signal) : after
      return reading.status === 'present' && reading.flag.writeId === flag.writeId
        ? { status: 'written', version: reading.version }
        : { status: 'conflict' }
    },
    forceOff: async (flag, signal) => {
      await call('POST', '/off', undefined, signal)
      await call('POST', '/strategies', latchStrategy({ ...flag, percent: 0, latched: true }), signal)
      return version(`latch ${flag.writeId}`)
    },
    // A strategy without a name: who may not write is told so before what is wrong with it.
    mayWrite: (signal) => {
      const probe = { method: 'POST', path: `${path}/strategies`, body: {} } as const
      return mayWrite(() => asked(admin, probe, [400], signal), path, signal)
    },
    observe: async (signal) => {
      const { reading } = await look(signal)
      if (client === null) return { reading, headers: {} }
      const answer = await asked(client, { method: 'GET', path: `/api/client/features/${flagKey}` }, [404], signal)
      const json = answer.status === 404 ? null : jsonOf(client.name, answer)
      return { reading: readServed(json, reading, flagKey), headers: answer.headers }
    },
  }
}

/** Whoever turned it off is acknowledged, or nobody ever turned it on. */
function mayTurnOn(flag: FlagState, { reading }: UnleashState): boolean {
  return reading.status !== 'present' || (reading.flag.latched && flag.acks.includes(reading.flag.writeId))
}

function refuseFractions(percent: number): void {
  if (Number.isInteger(percent)) return
  throw new LaunchError('USAGE', `${percent} % cannot be said in Unleash, whose rollouts are whole percents`, {
    hint: 'use stages of whole percents',
  })
}
