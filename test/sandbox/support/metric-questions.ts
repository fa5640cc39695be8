import { GetMetricDataCommand, type CloudWatchClient, type MetricDataQuery } from '@aws-sdk/client-cloudwatch'
import { createCloudWatch } from '../../../src/sandbox/cloudwatch.ts'
import { atMinute, type MemoryWorld } from './memory-world.ts'
import { cloudWatchClient, serve } from './wire.ts'

/** A CloudWatch of a world behind a real socket, and questions the real SDK asks it. */

/** Of the production site. */
export const account = '222222222222'

export async function cloudWatchOf(world: MemoryWorld) {
  const served = await serve(createCloudWatch(), world)
  return {
    client: cloudWatchClient(served.url, account),
    url: served.url,
    [Symbol.asyncDispose]: served[Symbol.asyncDispose],
  }
}

export function query(
  id: string,
  name: string,
  stat: string,
  dimensions: { readonly [name: string]: string } = {},
  period = 60,
): MetricDataQuery {
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }))
  return {
    Id: id,
    MetricStat: { Metric: { Namespace: 'Test', MetricName: name, Dimensions }, Period: period, Stat: stat },
  }
}

export function played(id: string, name: string, stat: string, variant: string, period = 60): MetricDataQuery {
  const base = query(id, name, stat, { Environment: 'production', Variant: variant }, period)
  return {
    ...base,
    MetricStat: { Period: period, Stat: stat, Metric: { ...base.MetricStat?.Metric, Namespace: 'StatusBoard' } },
  }
}

export const window = { StartTime: atMinute(-10), EndTime: atMinute(0) }

export async function ask(client: CloudWatchClient, queries: MetricDataQuery[], range = window) {
  const { MetricDataResults = [] } = await client.send(
    new GetMetricDataCommand({ ...range, MetricDataQueries: queries }),
  )
  return MetricDataResults
}

/** Values of the one query, oldest first. */
export async function valuesOf(client: CloudWatchClient, one: MetricDataQuery, range = window) {
  const [result] = await ask(client, [one], range)
  return (result?.Values ?? []).toReversed()
}
