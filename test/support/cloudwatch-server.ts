import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { localServer } from './local-server.ts'

/** What the SDK sends, with times in epoch seconds. */
export type MetricDataRequest = {
  readonly MetricDataQueries: readonly {
    readonly Id: string
    readonly MetricStat: {
      readonly Metric: {
        readonly Namespace: string
        readonly MetricName: string
        readonly Dimensions: readonly { readonly Name: string; readonly Value: string }[]
      }
      readonly Period: number
      readonly Stat: string
      readonly Unit?: string
    }
  }[]
  readonly StartTime: number
  readonly EndTime: number
  readonly ScanBy: string
  readonly NextToken?: string
}
export type AlarmsRequest = {
  readonly AlarmNames: readonly string[]
  readonly AlarmTypes: readonly string[]
  readonly NextToken?: string
}

/** A hand-made reply: a JSON body, or an error as awsJson1_0 says it. */
export type Reply = object | { readonly fault: string; readonly status: number }

export type CloudWatchServer = AsyncDisposable & {
  readonly endpoint: string
  readonly metricData: readonly MetricDataRequest[]
  readonly alarms: readonly AlarmsRequest[]
  /** Namespaces whose metrics were listed. */
  readonly listed: readonly (string | undefined)[]
}

/** A server that speaks CloudWatch's awsJson1_0 and answers what the test says. */
export async function cloudWatchServer(answer: {
  metricData?(request: MetricDataRequest, call: number): Reply
  alarms?(request: AlarmsRequest, call: number): Reply
  list?(request: { readonly Namespace?: string; readonly NextToken?: string }): Reply
}): Promise<CloudWatchServer> {
  const metricData: MetricDataRequest[] = []
  const alarms: AlarmsRequest[] = []
  const listed: (string | undefined)[] = []
  const replyTo = (target: string, body: string): Reply => {
    // The SDK's own serialiser wrote the body.
    const json: unknown = JSON.parse(body)
    if (target.endsWith('.GetMetricData')) {
      metricData.push(json as MetricDataRequest)
      return answer.metricData?.(json as MetricDataRequest, metricData.length) ?? { MetricDataResults: [] }
    }
    if (target.endsWith('.DescribeAlarms')) {
      alarms.push(json as AlarmsRequest)
      return answer.alarms?.(json as AlarmsRequest, alarms.length) ?? { MetricAlarms: [], CompositeAlarms: [] }
    }
    if (target.endsWith('.ListMetrics') && answer.list) {
      const request = json as { readonly Namespace?: string; readonly NextToken?: string }
      listed.push(request.Namespace)
      return answer.list(request)
    }
    return { fault: 'InvalidAction', status: 400 }
  }
  const respond = async (request: IncomingMessage, response: ServerResponse) => {
    const reply = replyTo(String(request.headers['x-amz-target']), await text(request))
    const failed = 'fault' in reply && 'status' in reply
    response.writeHead(failed ? reply.status : 200, { 'content-type': 'application/x-amz-json-1.0' })
    response.end(JSON.stringify(failed ? { __type: reply.fault, message: 'as the test wants it' } : reply))
  }
  const { url, [Symbol.asyncDispose]: close } = await localServer(respond)
  return { endpoint: url, metricData, alarms, listed, [Symbol.asyncDispose]: close }
}
