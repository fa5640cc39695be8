import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { AwsReply } from './aws-server.ts'
import { forwarded, localServer, passOn } from './local-server.ts'

export type ProxiedRequest = { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }

/** A reverse proxy before an AWS endpoint: null passes a request on, anything else is what its caller gets instead. */
export type AnsweringProxy = AsyncDisposable & {
  readonly url: string
  /** From now on. */
  answer(decide: (request: ProxiedRequest) => AwsReply | null): void
}

export async function answeringProxy(target: string): Promise<AnsweringProxy> {
  let decide: (request: ProxiedRequest) => AwsReply | null = () => null
  const handle = async (incoming: IncomingMessage, outgoing: ServerResponse) => {
    const { method = 'GET', headers, url = '/' } = incoming
    const reply = decide({ method, url, headers })
    if (reply === 'hang up') return void incoming.socket.destroy()
    if (reply !== null) {
      incoming.resume()
      return void outgoing
        .writeHead(reply.status, { 'content-type': 'application/xml', ...reply.headers })
        .end(reply.body ?? '')
    }
    passOn(await forwarded(target, incoming), outgoing)
  }
  return {
    ...(await localServer(handle)),
    answer: (next) => void (decide = next),
  }
}

/** What AWS answers once a session is over: S3 in XML, CloudWatch in JSON. */
export function expired({ headers }: ProxiedRequest): AwsReply {
  const message = 'The security token included in the request is expired'
  if (headers['x-amz-target'] === undefined)
    return {
      status: 400,
      body: `<?xml version="1.0"?><Error><Code>ExpiredToken</Code><Message>${message}</Message></Error>`,
    }
  return {
    status: 400,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: 'com.amazonaws.cloudwatch#ExpiredTokenException', message }),
  }
}
