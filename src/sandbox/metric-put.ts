import { CloudWatchError, validationError } from './cloudwatch-error.ts'
import { PutMetricDataInput, type MetricDatum } from './cloudwatch-input.ts'
import { dimensionMap } from './metric-series.ts'
import type { PutDatum } from './metric-store.ts'
import { metricKey } from './played-metrics.ts'
import { mergeSamples, type Samples } from './statistics.ts'
import type { World } from './types.ts'

/** PutMetricData: raw values keep percentiles possible, statistic sets do not. */
export function putMetricData(input: unknown, world: World, account: string): object {
  const { Namespace, MetricData } = PutMetricDataInput.parse(input)
  const data = MetricData.map((datum) => stamped(datum, Namespace, account, world.now()))
  for (const datum of data) world.append('metric', datum)
  return {}
}

const weekMs = 7 * 86_400_000

function stamped(datum: MetricDatum, namespace: string, account: string, now: number): PutDatum {
  const at = datum.Timestamp ?? now
  if (at < now - 2 * weekMs || at > now + weekMs / 84) {
    throw new CloudWatchError(
      'InvalidParameterValue',
      `The parameter MetricData.member.Timestamp must not be more than two weeks ago or two hours ahead: ${new Date(at).toISOString()}`,
    )
  }
  if (datum.StorageResolution !== 1 && datum.StorageResolution !== 60) {
    throw new CloudWatchError(
      'InvalidParameterValue',
      `The parameter StorageResolution must be 1 or 60: ${datum.StorageResolution}`,
    )
  }
  const highResolution = datum.StorageResolution === 1
  const stepMs = highResolution ? 1000 : 60_000
  const dimensions = dimensionMap(datum.Dimensions)
  return {
    account,
    key: metricKey(namespace, datum.MetricName, dimensions),
    namespace,
    name: datum.MetricName,
    dimensions,
    unit: datum.Unit,
    at: Math.floor(at / stepMs) * stepMs,
    receivedAt: now,
    highResolution,
    samples: samplesOf(datum),
  }
}

function samplesOf({ MetricName, Value, Values, Counts, StatisticValues }: MetricDatum): Samples {
  const forms = [Value, Values, StatisticValues].filter((form) => form !== undefined).length
  if (forms !== 1)
    throw new CloudWatchError(
      'InvalidParameterCombination',
      `Exactly one of Value, Values and StatisticValues must be given: ${MetricName}`,
    )
  if (StatisticValues) return statisticSet(StatisticValues)
  const values = Values ?? [Value ?? 0]
  if (Counts && Counts.length !== values.length) {
    throw new CloudWatchError('InvalidParameterValue', `Counts must have as many elements as Values: ${MetricName}`)
  }
  if (Counts?.some((count) => count < 0)) throw validationError(`Counts must not be negative: ${MetricName}`)
  const parts = values.map((value, at) => ({ values: [value], counts: [Counts?.[at] ?? 1], sets: null }))
  return mergeSamples(parts.filter(({ counts }) => (counts[0] ?? 0) > 0))
}

/** A set whose single values are known after all (one sample, or all the same) is kept as values. */
function statisticSet({ SampleCount, Sum, Minimum, Maximum }: NonNullable<MetricDatum['StatisticValues']>): Samples {
  if (SampleCount <= 0 || Minimum > Maximum)
    throw new CloudWatchError(
      'InvalidParameterValue',
      'StatisticValues must have a SampleCount and a Minimum up to the Maximum',
    )
  const known = Minimum === Maximum && Sum === Minimum * SampleCount
  if (known) return { values: [Minimum], counts: [SampleCount], sets: null }
  return { values: [], counts: [], sets: { count: SampleCount, sum: Sum, min: Minimum, max: Maximum } }
}
