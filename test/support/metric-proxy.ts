import { once } from 'node:events'
import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http'
import { z } from 'zod'

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
    const { method = 'GET', headers, url = '/' } = incoming
    const forward = request(`${target}${url}`, { method, headers })
    incoming.on('aborted', () => forward.destroy())
    outgoing.on('close', () => forward.destroy())
    const answered = once(forward, 'response')
    const isMetrics = String(headers['x-amz-target']).endsWith('.GetMetricData')
    const body = isMetrics ? await bytesOf(incoming) : null
    if (body) forward.end(body)
    else incoming.pipe(forward)
    // `response` comes with exactly one IncomingMessage.
    const [answer] = (await answered) as [IncomingMessage]
    if (!body || answer.statusCode !== 200) {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers)
      outgoing.flushHeaders()
      return void answer.pipe(outgoing)
    }
    const question = Question.parse(JSON.parse(body.toString()))
    const reply = Reply.parse(JSON.parse((await bytesOf(answer)).toString()))
    const gone = new Set(question.MetricDataQueries.filter((query) => dropped?.(query)).map(({ Id }) => Id))
    const passed = { ...reply, MetricDataResults: reply.MetricDataResults.filter(({ Id }) => !gone.has(Id)) }
    exchanges.push({ question, reply: passed })
    const text = Buffer.from(JSON.stringify(passed))
    const { 'transfer-encoding': _, ...kept } = answer.headers
    outgoing.writeHead(200, { ...kept, 'content-length': String(text.length) }).end(text)
  }
  const server = createServer({ requestTimeout: 0, keepAliveTimeout: 120_000 }, (incoming, outgoing) => {
    handle(incoming, outgoing).catch(() => outgoing.destroy())
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return {
    url: `http://127.0.0.1:${address.port}`,
    exchanges,
    drop: (wanted) => void (dropped = wanted),
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

async function bytesOf(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  // An IncomingMessage without an encoding yields Buffers.
  for await (const chunk of stream) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}
