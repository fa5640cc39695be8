import type { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import type { EpochMs } from '../core/brand.ts'
import { missing, seen, type EvidenceByNeed, type Finding } from '../core/evidence.ts'
import { messageOf } from '../core/errors.ts'
import type { Cdn, ObjectStore, Parameters } from '../core/ports.ts'
import type { AwsAccess } from './clients.ts'
import type { MetricGatherer } from './cloudwatch.ts'
import type { RetryPorts } from './retry.ts'
import type { CallerIdentity } from './sts.ts'

export type IdentityProbe = {
  readonly bucket: string
  readonly siteKey: string
  readonly distribution: string | null
  readonly flag: { readonly bucket: string; readonly key: string } | null
  readonly now: EpochMs
}

/** The AWS of one environment. Each part loads its SDK client when it is first asked for: a rollback loads S3 alone. */
export type AwsEnvironment = {
  objects(bucket: string): Promise<ObjectStore>
  cdn(distribution: string): Promise<Cdn>
  metrics(): Promise<MetricGatherer>
  /** The parameters of this account and region; `now` is the real time, which requests are signed with. */
  parameters(now: () => EpochMs): Promise<Parameters>
  /** Who the credentials are, and nothing more. Throws LaunchError CREDENTIALS or UNREACHABLE. */
  caller(signal: AbortSignal): Promise<CallerIdentity>
  /** Account, caller and probed rights. Throws nothing but the signal's reason. */
  identity(probe: IdentityProbe, signal: AbortSignal): Promise<Finding<EvidenceByNeed['identity']>>
}

export function awsEnvironment(access: AwsAccess, ports: RetryPorts): AwsEnvironment {
  const s3 = once(async () => {
    const adapter = await import('./s3.ts')
    return { adapter, client: adapter.s3Client(access) }
  })
  const cloudFront = once(async () => {
    const adapter = await import('./cloudfront.ts')
    return { adapter, client: adapter.cloudFrontClient(access) }
  })
  const cloudWatch = once(async () => {
    const adapter = await import('./cloudwatch.ts')
    const clients = new Map<string, CloudWatchClient>()
    const client = (region: string) => {
      const made = clients.get(region) ?? adapter.cloudWatchClient({ ...access, region })
      clients.set(region, made)
      return made
    }
    return adapter.cloudWatchMetrics(access.region, client, ports)
  })
  const sts = once(async () => {
    const adapter = await import('./sts.ts')
    return { adapter, client: adapter.stsClient(access) }
  })
  const buckets = new Map<string, Promise<ObjectStore>>()
  const objects = (bucket: string) => {
    const made = buckets.get(bucket) ?? s3().then(({ adapter, client }) => adapter.s3Objects(client, bucket, ports))
    buckets.set(bucket, made)
    return made
  }
  return {
    objects,
    cdn: async (distribution) => {
      const { adapter, client } = await cloudFront()
      return adapter.cloudFrontCdn(client, distribution, ports)
    },
    metrics: cloudWatch,
    parameters: async (now) => (await import('./ssm.ts')).ssmParameters(access, now, ports),
    caller: async (signal) => {
      const { adapter, client } = await sts()
      return adapter.callerIdentity(client, ports, signal)
    },
    identity: async (probe, signal) => {
      try {
        const { adapter, client } = await sts()
        const caller = await adapter.callerIdentity(client, ports, signal)
        return seen({ ...caller, rights: await rightsOf(probe, signal) })
      } catch (error) {
        signal.throwIfAborted()
        return missing(messageOf(error))
      }
    },
  }

  async function rightsOf(probe: IdentityProbe, signal: AbortSignal) {
    const { probeRights } = await import('./rights.ts')
    const { distribution, flag } = probe
    const site = await objects(probe.bucket)
    const gatherer = await cloudWatch()
    return probeRights(
      {
        site,
        siteKey: probe.siteKey,
        flag: flag === null ? null : { objects: await objects(flag.bucket), key: flag.key },
        distribution:
          distribution === null
            ? null
            : async (signal) => {
                const [{ readDistribution }, { client }] = await Promise.all([import('./cloudfront.ts'), cloudFront()])
                return (await readDistribution(client, distribution, ports, signal)).domain
              },
        metrics: (signal) => gatherer.probe(probe.now, signal),
      },
      signal,
    )
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null
  return () => (made ??= make())
}
