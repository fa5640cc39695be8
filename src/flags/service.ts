import { LaunchError } from '../core/errors.ts'
import type { HttpApi, HttpRequest, HttpResponse } from '../core/ports.ts'

/** How to reach a flag service. */
export type Service = {
  /** As it is called in messages: `LaunchDarkly`. */
  readonly name: string
  /** Without a trailing slash. */
  readonly url: string
  readonly api: HttpApi
  /** The environment variable of the token, and what it holds now. */
  readonly token: { readonly variable: string; readonly value: string | null }
}

export type Ask = {
  readonly method: HttpRequest['method']
  readonly path: string
  readonly body?: unknown
  readonly contentType?: string
}

/** Flag services answer in tens of milliseconds; a rollback tries again. */
const timeoutMs = 5000

/**
 * One call of a flag service's API. Answers below 400 and those in `expected` come back; every other one is thrown: CREDENTIALS
 * (no token, 401), FORBIDDEN (403), NOT_FOUND (404), UNREACHABLE (429, 5xx), STEP_FAILED with the service's own words.
 */
export async function asked(
  { name, url, api, token }: Service,
  { method, path, body, contentType = 'application/json' }: Ask,
  expected: readonly number[],
  signal: AbortSignal,
): Promise<HttpResponse> {
  if (token.value === null)
    throw new LaunchError('CREDENTIALS', `${token.variable} is not set`, {
      hint: `set ${token.variable} to an access token of ${name}`,
    })
  const headers = {
    authorization: token.value,
    accept: 'application/json',
    ...(body === undefined ? {} : { 'content-type': contentType }),
  }
  const request = { method, url: `${url}${path}`, headers, timeoutMs }
  const answer = await api.send(body === undefined ? request : { ...request, body: JSON.stringify(body) }, signal)
  if (answer.status < 400 || expected.includes(answer.status)) return answer
  throw refusal(name, `${method} ${path}`, answer, token.variable)
}

/** The JSON of an answer. Throws UNREACHABLE when it is none: a proxy's page, another service. */
export function jsonOf(name: string, answer: HttpResponse): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(answer.body))
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new LaunchError('UNREACHABLE', `${name} does not answer with JSON`, {
      hint: 'check the address of the store',
    })
  }
}

function refusal(name: string, call: string, answer: HttpResponse, variable: string): LaunchError {
  const words = new TextDecoder().decode(answer.body).replaceAll(/\s+/g, ' ').slice(0, 200)
  const said = `${name} answers ${answer.status} to ${call}: ${words}`
  if (answer.status === 401) return new LaunchError('CREDENTIALS', said, { hint: `check the token in ${variable}` })
  if (answer.status === 403)
    return new LaunchError('FORBIDDEN', said, { hint: `the token in ${variable} may not do this` })
  if (answer.status === 404)
    return new LaunchError('NOT_FOUND', said, { hint: 'create the flag there, or correct flag.key and flag.store' })
  if (answer.status === 429 || answer.status >= 500) return new LaunchError('UNREACHABLE', said)
  return new LaunchError('STEP_FAILED', said)
}
