import type { ErrorCode } from '../core/error-codes.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import { DeadlineError } from './deadline.ts'

/** Which call failed, on what: for the message. */
export type AwsCall = {
  readonly service: string
  readonly operation: string
  readonly resource: string
}

const credentialNames = new Set([
  'CredentialsProviderError',
  'TokenProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'InvalidToken',
  'InvalidAccessKeyId',
  'InvalidClientTokenId',
  'SignatureDoesNotMatch',
  'UnrecognizedClientException',
  'InvalidSignatureException',
  'IncompleteSignature',
  'MissingAuthenticationToken',
  'AuthFailure',
  'RequestExpired',
])
const clockNames = new Set(['RequestTimeTooSkewed', 'RequestInTheFuture'])
const throttleNames = new Set([
  'Throttling',
  'ThrottlingException',
  'ThrottledException',
  'RequestThrottled',
  'RequestThrottledException',
  'RequestLimitExceeded',
  'LimitExceeded',
  'LimitExceededFault',
  'TooManyRequestsException',
  'SlowDown',
  'BandwidthLimitExceeded',
  'PriorRequestNotComplete',
  'TooManyInvalidationsInProgress',
])
const networkCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ECONNABORTED',
  'EPROTO',
  'UND_ERR_SOCKET',
  'CERT_HAS_EXPIRED',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
])
const missingNames = new Set(['NoSuchBucket', 'NoSuchDistribution', 'NoSuchInvalidation'])
const digestNames = new Set(['BadDigest', 'InvalidDigest', 'XAmzContentSHA256Mismatch', 'XAmzContentChecksumMismatch'])
const wrongRegionNames = new Set([
  'PermanentRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
])

/** HTTP status of an SDK error, or null when there was no answer. */
export function statusOf(error: unknown): number | null {
  const metadata = field(error, '$metadata')
  const status = field(metadata, 'httpStatusCode')
  return typeof status === 'number' ? status : null
}

/** The service's own name of the error: `NoSuchKey`. */
export function nameOf(error: unknown): string {
  const name = field(error, 'name')
  return typeof name === 'string' ? name : ''
}

/** Throttles, 5xx and network errors: worth another try when the call can be repeated. */
export function isTransient(error: unknown): boolean {
  if (error instanceof LaunchError) return false
  if (error instanceof DeadlineError || nameOf(error) === 'TimeoutError') return true
  if (throttleNames.has(nameOf(error)) || networkCodes.has(codeOf(error))) return true
  const status = statusOf(error)
  return status !== null && (status >= 500 || status === 429)
}

/**
 * Any error of an SDK call as one a person can act on. What is no error of the service or the network is returned as it is:
 * a bug, or the caller's own abort.
 */
export function awsFault(error: unknown, call: AwsCall): unknown {
  if (error instanceof LaunchError) return error
  const found = classify(error)
  if (found === null) return error
  return new LaunchError(found.code, `${call.service} ${call.operation} on ${call.resource}: ${found.why}`, {
    cause: error,
    ...(found.hint === undefined ? {} : { hint: found.hint }),
  })
}

type Fault = { readonly code: ErrorCode; readonly why: string; readonly hint?: string }

function classify(error: unknown): Fault | null {
  const name = nameOf(error)
  const status = statusOf(error)
  const text = oneLine(messageOf(error))
  if (clockNames.has(name)) {
    return {
      code: 'CREDENTIALS',
      why: 'the clock of this machine is wrong',
      hint: 'set the clock (NTP), then try again',
    }
  }
  if (credentialNames.has(name)) return credentialFault(name, text)
  if (wrongRegionNames.has(name) || status === 301) {
    return {
      code: 'NOT_FOUND',
      ...elsewhere(error, text),
    }
  }
  if (missingNames.has(name)) {
    return {
      code: 'NOT_FOUND',
      why: 'it does not exist',
      hint: 'correct its name in the run sheet (environments:, state: or flag.store:), or create it',
    }
  }
  if (digestNames.has(name))
    return { code: 'ARTIFACT_INVALID', why: `the bytes sent are not the bytes that were hashed (${name})` }
  if (throttleNames.has(name)) return { code: 'UNREACHABLE', why: `throttled (${name})`, hint: 'try again in a minute' }
  // The SDK calls a closed connection a TimeoutError too; its code tells them apart.
  if (networkCodes.has(codeOf(error))) return { code: 'UNREACHABLE', why: codeOf(error) }
  if (error instanceof DeadlineError || name === 'TimeoutError') return { code: 'UNREACHABLE', why: text }
  if (unreadable(error, text) || (status !== null && status < 300)) {
    return {
      code: 'UNREACHABLE',
      why: 'the answer is not what AWS would say',
      hint: 'the endpoint does not implement this call',
    }
  }
  if (status === null) return null
  if (status === 403 || status === 401 || name.startsWith('AccessDenied')) return { code: 'FORBIDDEN', why: text }
  if (status >= 500) return { code: 'UNREACHABLE', why: `HTTP ${status} ${name}` }
  if (status === 404) return { code: 'NOT_FOUND', why: name === 'NotFound' || name === '' ? 'it does not exist' : text }
  return { code: 'STEP_FAILED', why: `${name} ${text}` }
}

/** S3 names the bucket's region in a header, in the body or in words; `askedRegion` is what its client adds. */
function elsewhere(error: unknown, text: string): Pick<Fault, 'why' | 'hint'> {
  const told = field(field(field(error, '$response'), 'headers'), 'x-amz-bucket-region') ?? field(error, 'Region')
  const there = typeof told === 'string' ? told : /expecting '([\w-]+)'/.exec(text)?.[1]
  const asked = field(error, 'askedRegion')
  const hint = 'correct region: of the environment in the run sheet (or --region)'
  if (there === undefined) return { why: `it is in another region (${text})`, hint }
  return {
    why: `it is in ${there}, not in ${typeof asked === 'string' ? asked : 'the region it was asked for in'}`,
    hint,
  }
}

function credentialFault(name: string, text: string): Fault {
  if (/sso|token is expired|session/i.test(text)) {
    return { code: 'CREDENTIALS', why: text, hint: 'aws sso login with the profile of the run sheet' }
  }
  if (name === 'CredentialsProviderError') {
    return {
      code: 'CREDENTIALS',
      why: text,
      hint: 'set AWS_PROFILE or AWS_ACCESS_KEY_ID, or name a profile or role in the run sheet',
    }
  }
  return { code: 'CREDENTIALS', why: `${name}: ${text}` }
}

/** An answer the SDK could not parse: an emulator's HTML, a proxy's login page. */
function unreadable(error: unknown, text: string): boolean {
  return error instanceof SyntaxError || /deserialization error|Unexpected token '?</i.test(text)
}

function codeOf(error: unknown): string {
  const code = field(error, 'code')
  return typeof code === 'string' ? code : ''
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && key in value ? Reflect.get(value, key) : undefined
}

function oneLine(text: string): string {
  return text.split('\n', 1)[0]?.trim() ?? ''
}
