import { createHash } from 'node:crypto'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { text } from 'node:stream/consumers'
import { isoTime, type EpochMs } from '../core/brand.ts'
import type { StaticCredentials } from './clients.ts'
import { authorization } from './sign.ts'

export type JsonCall = {
  readonly url: URL
  readonly region: string
  /** `AmazonSSM.GetParameter` */
  readonly target: string
  readonly input: object
  readonly at: EpochMs
}

/**
 * One signed call in AWS JSON 1.1; gives the parsed answer. Throws what the SDK would: an error named as the service names it, with
 * `$metadata.httpStatusCode`; the network's own; SyntaxError when the answer is no JSON.
 */
export async function jsonCall(call: JsonCall, keys: StaticCredentials, signal: AbortSignal): Promise<unknown> {
  const body = Buffer.from(JSON.stringify(call.input))
  const { status, answer } = await post(call.url, signed(call, body, keys), body, signal)
  if (status < 300) return JSON.parse(answer)
  throw serviceError(status, answer)
}

function signed({ url, region, target, at }: JsonCall, body: Buffer, keys: StaticCredentials) {
  const bodySha256 = createHash('sha256').update(body).digest('hex')
  const headers = {
    'content-length': String(body.length),
    'content-type': 'application/x-amz-json-1.1',
    host: url.host,
    'x-amz-date': isoTime(at).replaceAll(/[-:]/g, ''),
    'x-amz-target': target,
    ...(keys.sessionToken === undefined ? {} : { 'x-amz-security-token': keys.sessionToken }),
  }
  const request = { method: 'POST', path: '/', headers, bodySha256 }
  return { ...headers, authorization: authorization(request, region, keys, 'ssm') }
}

function post(url: URL, headers: { readonly [name: string]: string }, body: Buffer, signal: AbortSignal) {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise<{ readonly status: number; readonly answer: string }>((resolve, reject) => {
    const sent = request(url, { method: 'POST', path: '/', headers: { ...headers }, signal })
    sent.once('error', reject)
    sent.once('response', (response) => {
      text(response).then((answer) => resolve({ status: response.statusCode ?? 0, answer }), reject)
    })
    sent.end(body)
  })
}

function serviceError(status: number, answer: string): Error {
  const said: unknown = JSON.parse(answer)
  const of = (name: string) =>
    typeof said === 'object' && said !== null && name in said ? String(Reflect.get(said, name)) : ''
  const error = new Error(of('message') || of('Message') || `HTTP ${status}`)
  // `com.amazonaws.ssm#ParameterNotFound` in some services, the bare name in others.
  const name = of('__type').split('#').at(-1) || 'UnknownError'
  return Object.assign(error, { name, $metadata: { httpStatusCode: status } })
}
