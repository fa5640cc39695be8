import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Launches } from '../journal/launches.ts'
import { factsOf } from '../runsheet/rollback-facts.ts'
import { addressOf, flagPlace } from './flag-place.ts'

/** The launches a rollback may have to be told to. */
export type JournalHome = {
  readonly app: string
  readonly launches: Launches
  /** The run sheet's plan; null where it cannot be read and only the state is known. */
  readonly plan: Plan | null
  /** The flag document of a plan's environment, as a rollback names it. */
  flagOf(plan: Plan, environment: string): Promise<string>
}

export type KnownHome = { readonly app: string | null; readonly state?: string | null; readonly region?: string }

/**
 * The home of the run sheet; where that is gone or broken, of the state location and the app that the rollback went by.
 * Throws what reading the run sheet throws, when nothing else is known.
 */
export async function journalHome(context: Context, { app, state, region }: KnownHome): Promise<JournalHome> {
  try {
    const { plan } = await context.project()
    return {
      app: plan.app,
      launches: await context.launches(plan),
      plan,
      flagOf: async (one, environment) => (await context.world(one)).flag(environment).location,
    }
  } catch (error) {
    if (!(error instanceof LaunchError) || error.outcome !== 'invalid' || !app || !state) throw error
    const [{ launches }, ports, actor] = await Promise.all([
      import('../journal/launches.ts'),
      context.stateAt(state, region ?? 'us-east-1'),
      context.actor(),
    ])
    return {
      app,
      launches: launches(app, 'production', { ...ports, actor }),
      plan: null,
      flagOf: async (one, environment) => {
        const place = flagPlace(factsOf(one, state), { environment, region: null, fallbackRegion: 'us-east-1' })
        return 'target' in place ? addressOf(place.target) : ''
      },
    }
  }
}
