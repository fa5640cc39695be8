/** An IAM policy document as AWS reads it (IAM JSON policy elements, version 2012-10-17). */
export type Policy = { readonly Version: '2012-10-17'; readonly Statement: readonly Statement[] }

export type Statement = {
  readonly Sid: string
  readonly Effect: 'Allow' | 'Deny'
  readonly Action: readonly string[]
  readonly Resource: readonly string[]
  readonly Condition?: Condition
}

/** Operator → condition key → values. All of them have to hold. */
export type Condition = { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } }

export const roles = ['read', 'ci', 'emergency', 'admin'] as const
export type Role = (typeof roles)[number]

export function isRole(name: string): name is Role {
  return roles.some((role) => role === name)
}

export function allow(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Condition,
): Statement {
  return statement('Allow', sid, actions, resources, condition)
}

export function deny(
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Condition,
): Statement {
  return statement('Deny', sid, actions, resources, condition)
}

function statement(
  effect: Statement['Effect'],
  sid: string,
  actions: readonly string[],
  resources: readonly string[],
  condition?: Condition,
): Statement {
  return {
    Sid: sid,
    Effect: effect,
    Action: actions,
    Resource: resources,
    ...(condition === undefined ? {} : { Condition: condition }),
  }
}

/** A write that carries neither If-Match nor If-None-Match: it would go over whatever is there by now. */
export const unconditional: Condition = { Null: { 's3:if-match': 'true', 's3:if-none-match': 'true' } }
/** A write without `If-None-Match: *`: it could replace what is there. */
export const notCreateOnce: Condition = { Null: { 's3:if-none-match': 'true' } }
