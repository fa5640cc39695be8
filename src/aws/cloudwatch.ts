import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { missing, type AlarmState, type Finding, type NeedOf, type Series, type WindowStat } from '../core/evidence.ts'
import { messageOf } from '../core/errors.ts'
import type { EpochMs } from '../core/brand.ts'
import { describeAlarms } from './alarms.ts'
import { clientOptions, guardEndpoint, type AwsAccess } from './clients.ts'
import { FrozenPoints, freezeAfterMs } from './frozen-points.ts'
import { batchQueries } from './metric-batches.ts'
import { listedMetrics, nameTrouble, type ListedMetric } from './metric-names.ts'
import { probeMetrics, readMetricData } from './metric-data.ts'
import type { MetricQuery, QueryAnswer } from './metric-query.ts'
import type { GatherScope, MetricScope, Reading } from './metric-reading.ts'
import type { MetricPlan } from '../core/plan.ts'
import type { RetryPorts } from './retry.ts'
import { SettlingMinutes } from './settling.ts'
import { seriesReading } from './series.ts'
import { windowReading } from './window-stat.ts'

export type MetricNeed = NeedOf<'series'> | NeedOf<'window'>

/** Gathers metric evidence of one environment. Keeps what is settled for good, so make one and keep it. */
export type MetricGatherer = {
  /** One finding per need, in their order. Throws nothing but the signal's reason. */
  gather(
    needs: readonly MetricNeed[],
    scope: GatherScope,
    signal: AbortSignal,
  ): Promise<readonly Finding<Series | WindowStat>[]>
  /** Only alarms that exist come back. Throws nothing but the signal's reason. */
  alarms(names: readonly string[], signal: AbortSignal): Promise<Finding<readonly AlarmState[]>>
  /** Asks for one minute of one metric, to see whether metrics may be read at all. Throws LaunchError. */
  probe(now: EpochMs, signal: AbortSignal): Promise<void>
}

export function cloudWatchClient(access: AwsAccess): CloudWatchClient {
  return guardEndpoint(new CloudWatchClient(clientOptions(access, 'cloudwatch')), access.allowEndpoint)
}

/**
 * @param region where alarms, and metrics without a region of their own, are asked
 * @param client makes the client of a region, or gives the one it made before
 */
export function cloudWatchMetrics(
  region: string,
  client: (region: string) => CloudWatchClient,
  ports: RetryPorts,
): MetricGatherer {
  const frozen = new FrozenPoints()
  const settling = new SettlingMinutes()
  const troubles = new Map<string, string | null>()
  const listings = new Map<string, Promise<readonly ListedMetric[]>>()
  return {
    gather: async (needs, scope, signal) => {
      const readings = needs.map((need) => readingOf(need, { ...scope, region }))
      const asked = (kind: MetricNeed['need']) =>
        readings.flatMap((reading, index) => (needs[index]?.need === kind ? (reading?.queries ?? []) : []))
      // Right after a flag change no period has begun and ended yet: nothing to ask, and CloudWatch would refuse the question.
      const series = asked('series').filter((query) => query.from < query.to)
      const fresh = new Map<string, QueryAnswer>()
      for (const [region, batches] of batchQueries(series, asked('window'), frozen)) {
        for (const batch of batches) {
          for (const [key, answer] of await readMetricData(client(region), batch, ports, signal)) fresh.set(key, answer)
        }
      }
      const answers = settle(series, fresh, frozen, scope)
      for (const query of widestOf(series).values()) {
        const answer = answers.get(query.key)
        if (answer?.status === 'complete') settling.note(query, answer.points, scope.now)
      }
      const ask = (query: MetricQuery): QueryAnswer => {
        if (query.from >= query.to) return { status: 'complete', points: new Map() }
        return answers.get(query.key) ?? { status: 'missing', why: 'cloudwatch was not asked' }
      }
      const findings = readings.map((reading, index) =>
        reading === null
          ? missing(`no metric "${needs[index]?.metric}" in the run sheet`)
          : withUnsettled(reading.read(ask), reading.queries, settling),
      )
      return Promise.all(findings.map((finding, index) => withTrouble(finding, needs[index], scope)))

      /** A name is looked up where freshness is asked for, once in a process: never at each look of a canary. */
      async function withTrouble(
        finding: Finding<Series | WindowStat>,
        need: MetricNeed | undefined,
        { metrics, environment }: GatherScope,
      ): Promise<Finding<Series | WindowStat>> {
        const metric = need && metrics[need.metric]
        if (!metric || need.need !== 'series' || need.lookbackMs === undefined || !isEmptySeries(finding))
          return finding
        const key = `${environment} ${metric.id}`
        if (!troubles.has(key)) troubles.set(key, await troubleOf(metric, environment))
        const trouble = troubles.get(key) ?? null
        return trouble === null ? finding : { ...finding, value: { ...finding.value, trouble } }
      }

      async function troubleOf(metric: MetricPlan, environment: string): Promise<string | null> {
        const where = metric.region ?? region
        const place = `${where} ${metric.namespace}`
        const listed = listings.get(place) ?? listedMetrics(client(where), metric.namespace, ports, signal)
        listings.set(place, listed)
        try {
          return nameTrouble(metric, environment, await listed)
        } catch {
          // Whoever may not list metrics is told nothing more than that there are no data.
          signal.throwIfAborted()
          return null
        }
      }
    },
    alarms: async (names, signal) => {
      try {
        return { status: 'seen', value: await describeAlarms(client(region), names, ports, signal) }
      } catch (error) {
        signal.throwIfAborted()
        return missing(messageOf(error))
      }
    },
    probe: (now, signal) => probeMetrics(client(region), now, ports, signal),
  }
}

/** Of equal queries the one that asks furthest back. */
function widestOf(series: readonly MetricQuery[]): ReadonlyMap<string, MetricQuery> {
  const widest = new Map<string, MetricQuery>()
  for (const query of series) {
    if (query.from < (widest.get(query.key)?.from ?? Infinity)) widest.set(query.key, query)
  }
  return widest
}

/** A series says how late it settles once that is later than the run sheet has it. */
function withUnsettled(
  finding: Finding<Series | WindowStat>,
  queries: readonly MetricQuery[],
  settling: SettlingMinutes,
): Finding<Series | WindowStat> {
  if (finding.status === 'missing' || !('minutes' in finding.value)) return finding
  const unsettledMs = Math.max(...queries.map((query) => settling.latest(query)))
  return unsettledMs >= finding.value.lagMs ? { ...finding, value: { ...finding.value, unsettledMs } } : finding
}

function isEmptySeries(finding: Finding<Series | WindowStat>): finding is { status: 'seen'; value: Series } {
  if (finding.status === 'missing' || !('minutes' in finding.value)) return false
  return Object.values(finding.value.minutes).every((minutes) => minutes.length === 0)
}

function readingOf(need: MetricNeed, scope: MetricScope): Reading<Series | WindowStat> | null {
  const metric = scope.metrics[need.metric]
  if (metric === undefined) return null
  return need.need === 'series' ? seriesReading(need, metric, scope) : windowReading(need, metric, scope)
}

/** Puts the frozen past before what was just read, and freezes what is old enough by now. */
function settle(
  series: readonly MetricQuery[],
  fresh: ReadonlyMap<string, QueryAnswer>,
  frozen: FrozenPoints,
  scope: GatherScope,
): ReadonlyMap<string, QueryAnswer> {
  const answers = new Map(fresh)
  const lagMs = Math.max(freezeAfterMs, ...Object.values(scope.metrics).map((metric) => metric.lagMs))
  for (const query of widestOf(series).values()) {
    const answer = fresh.get(query.key)
    if (answer?.status !== 'complete') continue
    answers.set(query.key, { status: 'complete', points: frozen.merge(query, answer.points, scope.now - lagMs) })
  }
  return answers
}
