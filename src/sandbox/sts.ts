import { randomUUID } from 'node:crypto'
import { homeAccount, issuedKey } from './account.ts'
import { queryError } from './aws-error.ts'
import type { WireRequest, WireResponse, World } from './types.ts'
import { leaf, node, xmlDocument } from './xml.ts'

const namespace = 'https://sts.amazonaws.com/doc/2011-06-15/'

/** STS in the query protocol. Roles are not looked up: any role ARN may be assumed, and the keys are of its account. */
export function sts(world: World): (request: WireRequest) => WireResponse {
  return (request) => {
    const form = new URLSearchParams(Buffer.from(request.body).toString('utf8'))
    const action = form.get('Action') ?? ''
    const perform = actions[action]
    if (!perform)
      return error(
        'InvalidAction',
        `Could not find operation ${action} for version ${form.get('Version') ?? '2011-06-15'}`,
      )
    if (request.account === null && action !== 'AssumeRoleWithWebIdentity')
      return error('MissingAuthenticationToken', 'Request is missing Authentication Token', 403)
    return perform({ request, form, account: request.account ?? homeAccount(world.sites) })
  }
}

type Call = { readonly request: WireRequest; readonly form: URLSearchParams; readonly account: string }
type Identity = { readonly arn: string; readonly userId: string }

const actions: { readonly [action: string]: (call: Call) => WireResponse } = {
  GetCallerIdentity: ({ request, account }) => {
    const { arn, userId } = identityOf(request.headers['x-amz-security-token'], account)
    return reply('GetCallerIdentity', leaf('Arn', arn), leaf('UserId', userId), leaf('Account', account))
  },
  GetSessionToken: ({ form, account }) => reply('GetSessionToken', credentials(account, null, form)),
  AssumeRole: ({ form }) => assumeRole('AssumeRole', form),
  AssumeRoleWithWebIdentity: ({ form }) =>
    form.get('WebIdentityToken')
      ? assumeRole('AssumeRoleWithWebIdentity', form)
      : error('ValidationError', 'WebIdentityToken is required'),
}

function assumeRole(action: string, form: URLSearchParams): WireResponse {
  const arn = form.get('RoleArn') ?? ''
  const [, account, role] = /^arn:aws[a-z-]*:iam::(\d{12}):role\/(.+)$/.exec(arn) ?? []
  const session = form.get('RoleSessionName') ?? ''
  if (account === undefined || role === undefined) return error('ValidationError', `${arn} is invalid`)
  if (!/^[\w+=,.@-]{2,64}$/.test(session))
    return error(
      'ValidationError',
      `1 validation error detected: Value '${session}' at 'roleSessionName' failed to satisfy constraint`,
    )
  const identity = {
    arn: `arn:aws:sts::${account}:assumed-role/${role.split('/').at(-1) ?? role}/${session}`,
    userId: `AROASANDBOX:${session}`,
  }
  const user = node('AssumedRoleUser', leaf('AssumedRoleId', identity.userId), leaf('Arn', identity.arn))
  const subject =
    action === 'AssumeRole' ? [] : [leaf('SubjectFromWebIdentityToken', 'sandbox'), leaf('Provider', 'sandbox')]
  return reply(action, credentials(account, identity, form), user, ...subject)
}

/** Temporary keys: the id says the account, the token says who. They expire in real time but nothing refuses them. */
function credentials(account: string, identity: Identity | null, form: URLSearchParams): string {
  const seconds = Number(form.get('DurationSeconds') ?? 3600)
  const token = `sandbox.${Buffer.from(JSON.stringify(identity)).toString('base64url')}`
  const expires = new Date(Date.now() + seconds * 1000).toISOString().replace(/\.\d+Z$/, 'Z')
  return node(
    'Credentials',
    leaf('AccessKeyId', issuedKey(account)),
    leaf('SecretAccessKey', 'sandbox-secret'),
    leaf('SessionToken', token),
    leaf('Expiration', expires),
  )
}

function identityOf(token: string | undefined, account: string): Identity {
  const encoded = /^sandbox\.(.+)$/.exec(token ?? '')?.[1]
  const user = { arn: `arn:aws:iam::${account}:user/sandbox`, userId: 'AIDASANDBOX' }
  if (encoded === undefined) return user
  // The token is one this file made, or a forgery nobody guards against here.
  return (parseToken(encoded) as Identity | null) ?? user
}

function parseToken(encoded: string): unknown {
  try {
    return JSON.parse(Buffer.from(encoded, 'base64url').toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}

function reply(action: string, ...children: readonly string[]): WireResponse {
  const id = randomUUID()
  const body = xmlDocument(
    `${action}Response`,
    namespace,
    node(`${action}Result`, ...children),
    node('ResponseMetadata', leaf('RequestId', id)),
  )
  return { status: 200, headers: { 'content-type': 'text/xml', 'x-amzn-requestid': id }, body }
}

function error(code: string, message: string, status?: number): WireResponse {
  return queryError(namespace, code, message, status)
}
