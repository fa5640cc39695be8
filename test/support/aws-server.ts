import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { localServer } from './local-server.ts'

export type AwsRequest = {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}
export type AwsReply =
  | { readonly status: number; readonly headers?: { readonly [name: string]: string }; readonly body?: string }
  | 'hang up'

export type AwsServer = AsyncDisposable & { readonly endpoint: string; readonly requests: readonly AwsRequest[] }

/** A server that answers the n-th request (from 1) as the test says: faults no emulator plays. */
export async function awsServer(answer: (request: AwsRequest, n: number) => AwsReply): Promise<AwsServer> {
  const requests: AwsRequest[] = []
  const respond = async (incoming: IncomingMessage, response: ServerResponse) => {
    const { method = '', url = '', headers } = incoming
    const request = { method, url, headers, body: await text(incoming) }
    requests.push(request)
    const reply = answer(request, requests.length)
    if (reply === 'hang up') return incoming.socket.destroy()
    return response
      .writeHead(reply.status, { 'content-type': 'application/xml', ...reply.headers })
      .end(reply.body ?? '')
  }
  const { url, [Symbol.asyncDispose]: close } = await localServer(respond)
  return { endpoint: url, requests, [Symbol.asyncDispose]: close }
}

/** An error as S3 says it. */
export function s3Fault(status: number, code: string): AwsReply {
  return {
    status,
    body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>${code} said</Message></Error>`,
  }
}

/** An error as CloudFront and STS say it. */
export function queryFault(status: number, code: string): AwsReply {
  return {
    status,
    body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${code} said</Message></Error></ErrorResponse>`,
  }
}
