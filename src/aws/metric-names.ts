import { ListMetricsCommand, type CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { nearest } from '../core/nearest.ts'
import type { MetricPlan } from '../core/plan.ts'
import { timeouts } from './clients.ts'
import { dimensionsOf, variantsOf } from './metric-query.ts'
import { metricRetry, type RetryPorts } from './retry.ts'
import { sending } from './send.ts'

type Dimensions = { readonly [name: string]: string }
export type ListedMetric = { readonly name: string; readonly dimensions: Dimensions }

/** ListMetrics gives 500 a page; what lies behind ten pages is not worth the wait. */
const mostPages = 10

/**
 * What is published in a namespace: metrics with data in the last two weeks, each with its full set of dimensions. A metric
 * can take a quarter of an hour to be listed. Throws LaunchError.
 */
export async function listedMetrics(
  client: CloudWatchClient,
  namespace: string,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<readonly ListedMetric[]> {
  const call = { service: 'cloudwatch', operation: 'ListMetrics', resource: namespace }
  const found: ListedMetric[] = []
  let token: string | undefined
  for (let page = 0; page < mostPages; page++) {
    const command = new ListMetricsCommand({
      Namespace: namespace,
      ...(token === undefined ? {} : { NextToken: token }),
    })
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
    const answer = await sending(send, { call, timeoutMs: timeouts.controlMs, retry: metricRetry }, ports, signal)
    for (const { MetricName = '', Dimensions = [] } of answer.Metrics ?? [])
      found.push({
        name: MetricName,
        dimensions: Object.fromEntries(Dimensions.map(({ Name = '', Value = '' }) => [Name, Value])),
      })
    token = answer.NextToken
    if (token === undefined || token === '') break
  }
  return found
}

/**
 * Why a metric without any data may have none, as far as names tell: `no metric StatusBoard/BoardLoadMS; there is BoardLoadMs`.
 * Null when it is there by this name and these dimensions.
 */
export function nameTrouble(metric: MetricPlan, environment: string, listed: readonly ListedMetric[]): string | null {
  const { namespace, name } = metric
  if (listed.length === 0) return `nothing is published in ${namespace}`
  const own = listed.filter((one) => one.name === name)
  if (own.length === 0) {
    const names = [...new Set(listed.map((one) => one.name))]
    const near = nearest(name, names)
    const others = names.length <= 5 ? `; there is ${names.join(', ')}` : ''
    return `no metric ${namespace}/${name}${near === null ? others : `; there is ${near}`}`
  }
  const wanted = variantsOf(metric).map((variant) => dimensionsOf(metric, variant, environment))
  if (wanted.some((dimensions) => own.some((one) => differences(dimensions, one.dimensions).length === 0))) return null
  const nearestSet = wanted
    .flatMap((dimensions) => own.map((one) => differences(dimensions, one.dimensions)))
    .toSorted((a, b) => a.length - b.length)[0]
  return `${namespace}/${name} is published with other dimensions: ${(nearestSet ?? []).join(', ')}`
}

/** What CloudWatch has instead, dimension by dimension: a metric is found by its full set alone. */
function differences(wanted: Dimensions, listed: Dimensions): readonly string[] {
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(listed)])]
  return names.flatMap((name) => {
    const [asked, there] = [wanted[name], listed[name]]
    if (asked === there) return []
    if (there === undefined) return [`no ${name} (asked ${name}=${asked})`]
    return asked === undefined ? [`${name}=${there} besides`] : [`${name}=${there} (asked ${asked})`]
  })
}
