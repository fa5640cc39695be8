import type { EpochMs } from '../core/brand.ts'
import type { Parameter, Parameters } from '../core/ports.ts'
import { endpointOf, timeouts, type AwsAccess } from './clients.ts'
import { admitPlace, admitRegion } from './endpoint.ts'
import { nameOf } from './faults.ts'
import { jsonCall } from './json-call.ts'
import { controlRetry, type RetryPorts } from './retry.ts'
import { sending } from './send.ts'
import { stsClient } from './sts.ts'

/**
 * Parameters of SSM: three calls in AWS JSON 1.1, because the SDK's client of SSM is larger than all others together. Its
 * credentials are those every other client takes; `now` is the time requests are signed with. Values over 4 KB are refused by the service (standard tier).
 */
export function ssmParameters(access: AwsAccess, now: () => EpochMs, ports: RetryPorts): Parameters {
  admitRegion(access.region, access.allowEndpoint)
  const suffix = access.region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'
  const url = new URL(endpointOf(access, 'ssm') ?? `https://ssm.${access.region}.${suffix}`)
  // No client of the SDK goes there, so none refuses.
  admitPlace(url, access.allowEndpoint)
  // The SDK works them out, and again when they end: profile, role, SSO, container.
  const { credentials } = stsClient(access).config
  const call = async (operation: string, input: { readonly Name: string }, expected: string, signal: AbortSignal) => {
    const send = async (stop: AbortSignal) => {
      const request = { url, region: access.region, target: `AmazonSSM.${operation}`, input, at: now() }
      try {
        return await jsonCall(request, await credentials(), stop)
      } catch (error) {
        if (nameOf(error) === expected) return null
        throw error
      }
    }
    // A write that is sent twice counts twice, and would look like somebody else's.
    const retry = operation === 'PutParameter' ? { ...controlRetry, attempts: 1 } : controlRetry
    const about = { service: 'ssm', operation, resource: input.Name }
    return sending(send, { call: about, timeoutMs: timeouts.controlMs, retry }, ports, signal)
  }
  return {
    get: async (name, signal) => {
      const answer = await call('GetParameter', { Name: name }, 'ParameterNotFound', signal)
      return answer === null ? null : parameterOf(field(answer, 'Parameter'))
    },
    put: async (name, value, mode, signal) => {
      const input = { Name: name, Value: value, Type: 'String', Overwrite: mode === 'overwrite' }
      const answer = await call('PutParameter', input, 'ParameterAlreadyExists', signal)
      return answer === null ? null : Number(field(answer, 'Version'))
    },
    history: async (name, signal) => {
      const found: Parameter[] = []
      for (let next: unknown = undefined; ;) {
        const input = { Name: name, ...(next === undefined ? {} : { NextToken: next }) }
        const answer = await call('GetParameterHistory', input, 'ParameterNotFound', signal)
        const page = field(answer, 'Parameters')
        found.push(...(Array.isArray(page) ? page.map(parameterOf) : []))
        next = field(answer, 'NextToken') ?? undefined
        if (next === undefined || next === '') return found.toSorted((a, b) => a.version - b.version)
      }
    },
  }
}

function parameterOf(value: unknown): Parameter {
  return { value: textOf(field(value, 'Value')), version: Number(field(value, 'Version')) }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && name in value ? Reflect.get(value, name) : undefined
}
