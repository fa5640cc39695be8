/**
 * What IAM says to one request, from the written rules of IAM's evaluation logic and knowing nothing of how launch makes
 * policies: an explicit deny wins, then an allow, else no. An element or operator it does not know is an error.
 */
export type IamRequest = {
  readonly action: string
  readonly resource: string
  /** Condition keys of the request; a key that is absent was not sent. */
  readonly context: { readonly [key: string]: string | undefined }
}
export type Decision = 'allowed' | 'denied' | 'not allowed'

type Values = string | readonly string[]
type Condition = { readonly [operator: string]: { readonly [key: string]: Values } }
type Statement = {
  readonly Effect: string
  readonly Action: Values
  readonly Resource: Values
  readonly Condition?: Condition
}

const known = new Set(['Sid', 'Effect', 'Action', 'Resource', 'Condition'])

export function decide(policy: { readonly Statement: readonly Statement[] }, request: IamRequest): Decision {
  const matching = policy.Statement.filter((statement) => matches(statement, request))
  if (matching.some(({ Effect }) => Effect === 'Deny')) return 'denied'
  return matching.some(({ Effect }) => Effect === 'Allow') ? 'allowed' : 'not allowed'
}

function matches(statement: Statement, { action, resource, context }: IamRequest): boolean {
  const strange = Object.keys(statement).filter((name) => !known.has(name))
  if (strange.length > 0) throw new Error(`unknown elements ${strange.join(', ')}`)
  return (
    // Names of actions are compared without case, ARNs with it.
    list(statement.Action).some((pattern) => like(pattern.toLowerCase(), action.toLowerCase())) &&
    list(statement.Resource).some((pattern) => like(pattern, resource)) &&
    Object.entries(statement.Condition ?? {}).every(([operator, keys]) =>
      Object.entries(keys).every(([key, values]) => holds(operator, context[key], list(values))),
    )
  )
}

/** Of several values one has to fit; a key that was not sent fits nothing, but for `…IfExists` and `Null`. */
function holds(operator: string, sent: string | undefined, values: readonly string[]): boolean {
  switch (operator) {
    case 'Null':
      return values.some((value) => (value === 'true') === (sent === undefined))
    case 'StringEquals':
      return sent !== undefined && values.includes(sent)
    case 'StringLike':
      return sent !== undefined && values.some((value) => like(value, sent))
    case 'StringLikeIfExists':
      return sent === undefined || values.some((value) => like(value, sent))
    default:
      throw new Error(`unknown operator ${operator}`)
  }
}

const list = (values: Values): readonly string[] => (typeof values === 'string' ? [values] : values)

/** `*`: any characters, slashes too; `?`: one. */
function like(pattern: string, text: string): boolean {
  const expression = pattern
    .replaceAll(/[\\^$.+()[\]{}|]/g, String.raw`\$&`)
    .replaceAll('*', '.*')
    .replaceAll('?', '.')
  return new RegExp(`^${expression}$`, 's').test(text)
}
