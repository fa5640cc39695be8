import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Launches } from '../journal/launches.ts'
import { factsOf } from '../runsheet/rollback-facts.ts'
import { addressOf, flagPlace, regionOfMachine } from './flag-place.ts'

/** The launches a rollback may have to be told to. */
export type JournalHome = {
  readonly app: string
  /** Where they are remembered. */
  readonly state: string
  readonly launches: Launches
  /** The run sheet's plan; null where it cannot be read and only the state is known. */
  readonly plan: Plan | null
  /** The flag document of a plan's environment, as a rollback names it. */
  flagOf(plan: Plan, environment: string): Promise<string>
}

export type KnownHome = { readonly app: string | null; readonly state?: string | null; readonly region?: string }

/** Nobody says where the launches are: there is no run sheet that can be read (`error`), and nothing else names the place. */
export type HomeFound =
  | { readonly status: 'known'; readonly home: JournalHome }
  | { readonly status: 'unknown'; readonly error: LaunchError }

/**
 * The home of the run sheet; where that is gone or broken, the state location and the app that the command line names
 * (`--state`, `--app`), or that the rollback went by.
 */
export async function journalHome(context: Context, known: KnownHome): Promise<HomeFound> {
  try {
    const { plan } = await context.project()
    const [state, launches] = await Promise.all([context.state(plan), context.launches(plan)])
    const flagOf = async (one: Plan, environment: string) => (await context.world(one)).flag(environment).location
    return { status: 'known', home: { app: plan.app, state: state.location, launches, plan, flagOf } }
  } catch (error) {
    if (!(error instanceof LaunchError) || error.outcome !== 'invalid') throw error
    const app = context.options.app ?? known.app
    const state = context.options.state ?? known.state
    if (!app || !state) return { status: 'unknown', error }
    const region = known.region ?? regionOfMachine(context.env)
    return { status: 'known', home: await homeAt(context, app, state, region) }
  }
}

async function homeAt(context: Context, app: string, state: string, region: string): Promise<JournalHome> {
  const [{ launches }, ports, actor] = await Promise.all([
    import('../journal/launches.ts'),
    context.stateAt(state, region),
    context.actor(),
  ])
  return {
    app,
    state,
    launches: launches(app, 'production', { ...ports, actor }),
    plan: null,
    flagOf: async (one, environment) => {
      const place = flagPlace(factsOf(one, state), { environment, region: null, fallbackRegion: 'us-east-1' })
      return 'target' in place ? addressOf(place.target) : ''
    },
  }
}
