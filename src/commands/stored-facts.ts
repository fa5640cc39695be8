import type { Context } from '../context.ts'
import { listed, nearest } from '../core/nearest.ts'
import { launches } from '../journal/launches.ts'
import { appsIn } from '../journal/layout.ts'
import { factsOf, type RollbackFacts } from '../runsheet/rollback-facts.ts'

export type StoredFacts = {
  readonly facts: readonly RollbackFacts[]
  readonly trouble: StateTrouble | null
}

/** Why a state location says nothing of the flag, and what may help. */
export type StateTrouble = { readonly why: string; readonly hint?: string }

/**
 * What the newest launch of each application at a state location was about (of one application when it is named).
 * Throws what the state store throws.
 */
export async function storedFacts(
  context: Context,
  location: string,
  { region, app }: { readonly region: string; readonly app: string | null },
  signal: AbortSignal,
): Promise<StoredFacts> {
  const [ports, actor] = await Promise.all([context.stateAt(location, region), context.actor()])
  const known = () => ports.store.list(appsIn, signal)
  const apps = app === null ? await known() : [app]
  const plans = await Promise.all(apps.map((name) => launches(name, 'production', { ...ports, actor }).current(signal)))
  const facts = plans.flatMap((current) => (current ? [factsOf(current.plan, location)] : []))
  // Asked only now: with the right name nothing waits for it.
  return { facts, trouble: facts.length > 0 ? null : noneOf(app, await known(), location) }
}

function noneOf(app: string | null, known: readonly string[], location: string): StateTrouble {
  if (app === null || known.length === 0) return { why: `no launch is remembered at ${location}` }
  const near = nearest(app, known)
  return {
    why: `no app "${app}" is remembered at ${location}, there is: ${listed(known)}`,
    ...(near === null ? {} : { hint: `write --app ${near}, if that is meant` }),
  }
}
