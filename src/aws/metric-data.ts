import {
  GetMetricDataCommand,
  type CloudWatchClient,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import { messageOf } from '../core/errors.ts'
import { epochMs, type EpochMs } from '../core/brand.ts'
import { floorTo } from '../core/settled.ts'
import { timeouts } from './clients.ts'
import type { MetricQuery, QueryAnswer } from './metric-query.ts'
import { metricRetry, type RetryPorts } from './retry.ts'
import { sending } from './send.ts'

/** GetMetricData takes at most this many queries. */
const maxQueries = 500

/** Queries of one region over one stretch; `start` inclusive, `end` exclusive, both aligned to the periods inside. */
export type MetricBatch = {
  readonly start: number
  readonly end: number
  readonly queries: readonly MetricQuery[]
}

/** Answers by query key. A batch that fails answers `missing` for each of its queries; only the caller's abort is thrown. */
export async function readMetricData(
  client: CloudWatchClient,
  batch: MetricBatch,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, QueryAnswer>> {
  const answers = new Map<string, QueryAnswer>()
  for (let at = 0; at < batch.queries.length; at += maxQueries) {
    const queries = batch.queries.slice(at, at + maxQueries)
    for (const [key, answer] of await readChunk(client, { ...batch, queries }, ports, signal)) answers.set(key, answer)
  }
  return answers
}

/** One minute of a metric every account has: an answer, even an empty one, shows that metrics may be read. Throws LaunchError. */
export async function probeMetrics(
  client: CloudWatchClient,
  now: EpochMs,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<void> {
  const end = floorTo(now, 60_000)
  const query = { namespace: 'AWS/S3', name: 'BucketSizeBytes', dimensions: [], stat: 'Average', periodMs: 60_000 }
  const probe = { ...query, key: '', region: '', from: epochMs(end - 60_000), to: end }
  await readPages(client, { start: probe.from, end, queries: [probe] }, ports, signal)
}

async function readChunk(
  client: CloudWatchClient,
  batch: MetricBatch,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, QueryAnswer>> {
  try {
    const pages = await readPages(client, batch, ports, signal)
    return new Map(batch.queries.map((query, index) => [query.key, answerOf(`q${index}`, query, pages)]))
  } catch (error) {
    signal.throwIfAborted()
    return new Map(batch.queries.map((query) => [query.key, { status: 'missing', why: messageOf(error) }]))
  }
}

type Pages = { readonly results: readonly MetricDataResult[]; readonly messages: readonly string[] }

async function readPages(
  client: CloudWatchClient,
  batch: MetricBatch,
  ports: RetryPorts,
  signal: AbortSignal,
): Promise<Pages> {
  const call = { service: 'cloudwatch', operation: 'GetMetricData', resource: `${batch.queries.length} queries` }
  const input = {
    MetricDataQueries: batch.queries.map(dataQuery),
    StartTime: new Date(batch.start),
    EndTime: new Date(batch.end),
    ScanBy: 'TimestampAscending' as const,
  }
  const results: MetricDataResult[] = []
  const messages: string[] = []
  let token: string | undefined
  do {
    const command = new GetMetricDataCommand({ ...input, ...(token === undefined ? {} : { NextToken: token }) })
    const send = (abortSignal: AbortSignal) => client.send(command, { abortSignal })
    const page = await sending(send, { call, timeoutMs: timeouts.controlMs, retry: metricRetry }, ports, signal)
    results.push(...(page.MetricDataResults ?? []))
    messages.push(...(page.Messages ?? []).map((message) => `${message.Code ?? 'message'}: ${message.Value ?? ''}`))
    token = page.NextToken
  } while (token !== undefined && token !== '')
  return { results, messages }
}

/** No Unit: another one than the publisher's would give an empty series without an error. */
function dataQuery(query: MetricQuery, index: number): MetricDataQuery {
  return {
    Id: `q${index}`,
    MetricStat: {
      Metric: { Namespace: query.namespace, MetricName: query.name, Dimensions: [...query.dimensions] },
      Period: query.periodMs / 1000,
      Stat: query.stat,
    },
    ReturnData: true,
  }
}

/**
 * Pages merged by Id. `PartialData` on a page that others follow is how paging looks; the last page of an Id must say
 * `Complete`. A message for the whole call means that some query may not have been run at all.
 */
function answerOf(id: string, query: MetricQuery, pages: Pages): QueryAnswer {
  const own = pages.results.filter((result) => result.Id === id)
  const what = `cloudwatch ${query.name} ${query.stat}`
  const [message] = pages.messages
  if (message !== undefined) return { status: 'missing', why: `cloudwatch GetMetricData: ${message}` }
  const last = own.at(-1)
  if (last === undefined) return { status: 'missing', why: `${what}: not in the answer` }
  const bad = own.find((result) => result.StatusCode === 'InternalError' || result.StatusCode === 'Forbidden') ?? last
  if (bad.StatusCode !== 'Complete') {
    const [detail] = bad.Messages ?? []
    return {
      status: 'missing',
      why: `${what}: ${bad.StatusCode ?? 'no status'}${detail ? ` (${detail.Value ?? detail.Code ?? ''})` : ''}`,
    }
  }
  const points = new Map<number, number>()
  for (const { Timestamps = [], Values = [] } of own) {
    // One too few, and nobody can tell which minute is whose.
    if (Timestamps.length !== Values.length)
      return { status: 'missing', why: `${what}: ${Values.length} values for ${Timestamps.length} times` }
    for (const [index, at] of Timestamps.entries()) {
      const value = Values[index]
      // Left out, it would be a minute without data: for a sparse metric a zero.
      if (value === undefined || !Number.isFinite(value))
        return { status: 'missing', why: `${what}: a value that is no number at ${at.toISOString()}` }
      points.set(at.getTime(), value)
    }
  }
  return { status: 'complete', points }
}
