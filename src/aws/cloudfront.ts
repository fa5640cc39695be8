import {
  CloudFrontClient,
  CreateInvalidationCommand,
  GetDistributionCommand,
  GetInvalidationCommand,
} from '@aws-sdk/client-cloudfront'
import { messageOf } from '../core/errors.ts'
import { sha256 } from '../core/hash.ts'
import type { Cdn } from '../core/ports.ts'
import { errorPageTraps } from './error-pages.ts'
import { clientOptions, guardEndpoint, timeouts, type AwsAccess } from './clients.ts'
import { isTransient, nameOf } from './faults.ts'
import { invalidationRetry, type RetryPorts } from './retry.ts'
import { sending } from './send.ts'

/** CloudFront is global: its API and its signatures live in us-east-1, whatever the environment's region. */
export function cloudFrontClient(access: AwsAccess): CloudFrontClient {
  return guardEndpoint(
    new CloudFrontClient(clientOptions({ ...access, region: 'us-east-1' }, 'cloudfront')),
    access.allowEndpoint,
  )
}

/** More paths than CloudFront runs at once in a distribution: then everything is invalidated with one wildcard. */
const maxPaths = 3000

export function cloudFrontCdn(client: CloudFrontClient, distribution: string, ports: RetryPorts): Cdn {
  return {
    invalidate: async (paths, reference, signal) => {
      const wanted = [...new Set(paths)].sort()
      const items = wanted.length > maxPaths ? ['/*'] : wanted
      try {
        return {
          status: 'started',
          id: await createInvalidation(client, distribution, items, reference, ports, signal),
        }
      } catch (error) {
        signal.throwIfAborted()
        // HTML has a short TTL: an invalidation only makes a release visible sooner, so a launch goes on without it.
        return { status: 'degraded', why: messageOf(error) }
      }
    },
    invalidated: async (id, signal) => {
      const command = new GetInvalidationCommand({ DistributionId: distribution, Id: id })
      const call = { service: 'cloudfront', operation: 'GetInvalidation', resource: `${distribution}/${id}` }
      const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
      const answer = await sending(send, { call, timeoutMs: timeouts.controlMs }, ports, signal)
      return answer.Invalidation?.Status?.toLowerCase() === 'completed'
    },
    traps: async (signal) => (await readDistribution(client, distribution, ports, signal)).traps,
  }
}

/** Reads a distribution's configuration; throws LaunchError when it is not there or not ours to read. */
export async function readDistribution(
  client: CloudFrontClient,
  distribution: string,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<{ readonly domain: string; readonly enabled: boolean; readonly traps: readonly string[] }> {
  const call = { service: 'cloudfront', operation: 'GetDistribution', resource: distribution }
  const send = (abortSignal: AbortSignal) =>
    client.send(new GetDistributionCommand({ Id: distribution }), { abortSignal })
  const answer = await sending(send, { call, timeoutMs: timeouts.controlMs }, ports, signal)
  const found = answer.Distribution
  const traps = errorPageTraps(found?.DistributionConfig?.CustomErrorResponses?.Items ?? [])
  return { domain: found?.DomainName ?? '', enabled: found?.DistributionConfig?.Enabled ?? false, traps }
}

async function createInvalidation(
  client: CloudFrontClient,
  distribution: string,
  items: readonly string[],
  reference: string,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<string> {
  let callerReference = reference
  const send = async (abortSignal: AbortSignal) => {
    const batch = { CallerReference: callerReference, Paths: { Quantity: items.length, Items: [...items] } }
    const command = new CreateInvalidationCommand({ DistributionId: distribution, InvalidationBatch: batch })
    return client.send(command, { abortSignal })
  }
  const again = (error: unknown) => {
    if (nameOf(error) !== 'InvalidationBatchAlreadyExists') return isTransient(error)
    // The reference was used for other paths: these paths get one of their own, still the same on every repeat.
    callerReference = `${reference}-${sha256(items.join('\n')).slice(0, 12)}`
    return true
  }
  const call = { service: 'cloudfront', operation: 'CreateInvalidation', resource: distribution }
  const options = { call, timeoutMs: timeouts.controlMs, retry: invalidationRetry, again }
  const answer = await sending(send, options, ports, signal)
  return answer.Invalidation?.Id ?? ''
}
