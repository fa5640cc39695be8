import type { Plan } from '../core/plan.ts'

/** What a rollback needs to know, and nothing else; every part may be missing. */
export type RollbackFacts = {
  readonly app?: string
  readonly state?: string
  readonly flag?: { readonly key?: string; readonly store?: { readonly [field: string]: string } }
  readonly environments?: { readonly [name: string]: { readonly [field: string]: string } }
}

/** The same of a plan, as it is stored with a launch and kept on the machine that opened it. */
export function factsOf(plan: Plan, state: string | null): RollbackFacts {
  return {
    app: plan.app,
    ...(state === null ? {} : { state }),
    flag: { key: plan.flag.key, store: textsIn(plan.flag.store) },
    environments: Object.fromEntries(
      Object.entries(plan.environments).map(([name, environment]) => [name, textsIn(environment)]),
    ),
  }
}

function textsIn(value: object): { readonly [field: string]: string } {
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  )
}
