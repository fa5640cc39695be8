import type { Context } from '../context.ts'
import { launches } from '../journal/launches.ts'
import { appsIn } from '../journal/layout.ts'
import { factsOf, type RollbackFacts } from '../runsheet/rollback-facts.ts'

/**
 * What the newest launch of each application at a state location was about (of one application when it is named).
 * Throws what the state store throws.
 */
export async function storedFacts(
  context: Context,
  location: string,
  { region, app }: { readonly region: string; readonly app: string | null },
  signal: AbortSignal,
): Promise<readonly RollbackFacts[]> {
  const [ports, actor] = await Promise.all([context.stateAt(location, region), context.actor()])
  const apps = app === null ? await ports.store.list(appsIn, signal) : [app]
  const plans = await Promise.all(apps.map((name) => launches(name, 'production', { ...ports, actor }).current(signal)))
  return plans.flatMap((current) => (current ? [factsOf(current.plan, location)] : []))
}
