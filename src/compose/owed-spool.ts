import type { OwedSpool } from '../engine/owed.ts'
import { secretScrubber, type Scrubber } from '../host/secrets.ts'
import type { Spool, SpooledEvent } from '../journal/spool.ts'
import type { Context } from '../context.ts'
import type { Plan } from '../core/plan.ts'
import { scrubbedHappening } from './scrubbed.ts'
import { secretVariables } from './world.ts'

/** Which flag is turned off, and where launches of it are remembered: for a machine whose run sheet is gone by then. */
export type OwedHome = Required<Pick<SpooledEvent, 'app' | 'location' | 'state' | 'region'>>

/** What a driver owes its journal, kept without secrets. */
function owedSpool(spool: Spool, home: OwedHome, scrubber: Scrubber): OwedSpool {
  const scrubbed = scrubbedHappening(scrubber)
  return {
    keep: ({ happening, signed }, launch) =>
      spool.keep({ schema: 2, ...signed, ...home, launch, happening: scrubbed(happening) }),
    drop: ({ signed }) => spool.drop(signed.id),
  }
}

/** Where a driver of this plan keeps what it owes its journal. Throws what opening its world and state throws. */
export async function spoolOwedTo(
  context: Pick<Context, 'state' | 'world' | 'spool'>,
  plan: Plan,
  env: Context['env'],
): Promise<OwedSpool> {
  const [state, world, spool] = await Promise.all([context.state(plan), context.world(plan), context.spool()])
  const home = {
    app: plan.app,
    location: world.flag('production').location,
    state: state.location,
    region: plan.environments['production']?.region ?? '',
  }
  return owedSpool(spool, home, secretScrubber(env, secretVariables(plan)))
}
