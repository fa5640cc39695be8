import { CloudWatchError } from './cloudwatch-error.ts'
import type { GetMetricDataInput } from './cloudwatch-input.ts'
import type { QueryResult } from './metric-query.ts'
import type { Point } from './metric-series.ts'

export type Page = {
  readonly MetricDataResults: readonly {
    readonly Id: string
    readonly Label: string
    readonly Timestamps: readonly number[]
    readonly Values: readonly number[]
    readonly StatusCode: 'Complete' | 'PartialData'
  }[]
  readonly Messages: readonly never[]
  readonly NextToken?: string
}

/**
 * One page of at most MaxDatapoints points, in the order asked for. A result that goes on, or has not begun, on a later
 * page is PartialData. With metric math in the request there is no NextToken: what does not fit is lost, as on AWS.
 */
export function pageOf(results: readonly QueryResult[], input: GetMetricDataInput): Page {
  const skip = input.NextToken === undefined ? 0 : readToken(input.NextToken)
  const end = skip + input.MaxDatapoints
  let passed = 0
  const pages = results.flatMap((result) => {
    const from = passed
    passed += result.points.length
    const ordered = input.ScanBy === 'TimestampDescending' ? result.points.toReversed() : result.points
    const points = ordered.slice(Math.max(0, skip - from), Math.max(0, end - from))
    const wasComplete = skip > 0 && passed <= skip
    return wasComplete ? [] : [toWire(result, points, passed <= end)]
  })
  const more = passed > end && !results.some(({ math }) => math)
  return { MetricDataResults: pages, Messages: [], ...(more ? { NextToken: writeToken(end) } : {}) }
}

function toWire({ id, label }: QueryResult, points: readonly Point[], complete: boolean) {
  return {
    Id: id,
    Label: label,
    Timestamps: points.map(({ at }) => at / 1000),
    Values: points.map(({ value }) => value),
    StatusCode: complete ? ('Complete' as const) : ('PartialData' as const),
  }
}

function writeToken(skip: number): string {
  return Buffer.from(`datapoint ${skip}`).toString('base64url')
}

function readToken(token: string): number {
  const skip = /^datapoint (\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]
  if (skip === undefined) throw new CloudWatchError('InvalidNextToken', 'The next token specified is invalid.')
  return Number(skip)
}
