import type { IncomingMessage, ServerResponse } from 'node:http'
import { z } from 'zod'
import { bytesOf, forwarded, localServer, passOn } from './local-server.ts'

const Query = z.looseObject({
  Id: z.string(),
  MetricStat: z.object({
    Metric: z.looseObject({
      Namespace: z.string(),
      MetricName: z.string(),
      Dimensions: z.array(z.object({ Name: z.string(), Value: z.string() })),
    }),
    Period: z.number(),
    Stat: z.string(),
  }),
})
export type RecordedQuery = z.infer<typeof Query>
const Question = z.looseObject({ MetricDataQueries: z.array(Query), StartTime: z.number(), EndTime: z.number() })
const Reply = z.looseObject({ MetricDataResults: z.array(z.looseObject({ Id: z.string() })) })

/** One GetMetricData as it went over the wire; times are epoch seconds. */
export type Exchange = { readonly question: z.infer<typeof Question>; readonly reply: z.infer<typeof Reply> }

export type MetricProxy = AsyncDisposable & {
  readonly url: string
  /** Every GetMetricData that was answered, oldest first. */
  readonly exchanges: readonly Exchange[]
  /** From now on, results of these queries are taken out of every reply; null: none. */
  drop(wanted: ((query: RecordedQuery) => boolean) | null): void
}

/** A reverse proxy before an AWS endpoint. It passes everything on as it is, and listens to (or falsifies) metric replies. */
export async function metricProxy(target: string): Promise<MetricProxy> {
  const exchanges: Exchange[] = []
  let dropped: ((query: RecordedQuery) => boolean) | null = null
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const isMetrics = String(incoming.headers['x-amz-target']).endsWith('.GetMetricData')
    const body = isMetrics ? await bytesOf(incoming) : null
    const answer = await forwarded(target, incoming, body ?? undefined)
    if (!body || answer.statusCode !== 200) return passOn(answer, outgoing)
    const question = Question.parse(JSON.parse(body.toString()))
    const reply = Reply.parse(JSON.parse((await bytesOf(answer)).toString()))
    const gone = new Set(question.MetricDataQueries.filter((query) => dropped?.(query)).map(({ Id }) => Id))
    const passed = { ...reply, MetricDataResults: reply.MetricDataResults.filter(({ Id }) => !gone.has(Id)) }
    exchanges.push({ question, reply: passed })
    const text = Buffer.from(JSON.stringify(passed))
    const { 'transfer-encoding': _, ...kept } = answer.headers
    outgoing.writeHead(200, { ...kept, 'content-length': String(text.length) }).end(text)
  }
  return {
    ...(await localServer(handle)),
    exchanges,
    drop: (wanted) => void (dropped = wanted),
  }
}
