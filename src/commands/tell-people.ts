import type { Context } from '../context.ts'
import type { LaunchId } from '../core/brand.ts'
import { firstLineOf } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Outcome } from '../core/exit-code.ts'
import type { Plan } from '../core/plan.ts'
import type { OpenedLaunch } from '../journal/launches.ts'
import type { Herald } from '../notify/herald.ts'

/** How long the end of a process waits for messages that are on their way; when a signal stops it, CI kills it soon. */
const lastWordsMs = { atTheEnd: 5000, stopped: 2000 } as const

/** Tells people what happens to a launch while it is driven. Whatever goes wrong with that is a line and nothing else. */
export type Crier = {
  hear(events: readonly LaunchEvent[]): void
  /** The process ends: what it leaves is told, and what is on its way gets a bounded time. */
  end(outcome: Outcome, why: string): Promise<void>
}

export async function crierOf(context: Context, { log, plan }: Pick<OpenedLaunch, 'log' | 'plan'>): Promise<Crier> {
  const told = await quietly(context, () => heraldOf(context, plan, log.launch))
  if (!told) return { hear: () => {}, end: () => Promise.resolve() }
  return {
    hear: (events) => {
      try {
        told.hear(events)
      } catch (error) {
        complain(context, error)
      }
    },
    end: async (outcome, why) => {
      await quietly(context, async () => {
        const [world, by] = await Promise.all([context.world(plan), context.actor()])
        told.end({ outcome, why }, world.clock.now(), by)
        await told.close(outcome === 'stopped' ? lastWordsMs.stopped : lastWordsMs.atTheEnd)
      })
    },
  }
}

/**
 * Tells people what is in the journal of a launch and was not told yet: for commands that write something there which others have
 * to hear of. `failed`: why a human is needed now (exit 5), where the journal does not say it.
 */
export async function tellPeople(
  context: Context,
  { log, plan }: Pick<OpenedLaunch, 'log' | 'plan'>,
  failed: string | null = null,
): Promise<void> {
  await quietly(context, async () => {
    const told = await heraldOf(context, plan, log.launch)
    if (!told) return
    told.hear(await log.read(AbortSignal.timeout(lastWordsMs.atTheEnd)))
    if (failed !== null) {
      const [world, by] = await Promise.all([context.world(plan), context.actor()])
      told.end({ outcome: 'failed', why: failed }, world.clock.now(), by)
    }
    await told.close(lastWordsMs.atTheEnd)
  })
}

/** The same of whatever launch is open, where a rollback may not even have found its run sheet. */
export async function tellPeopleOfOpen(context: Context, failed: string | null = null): Promise<void> {
  await quietly(context, async () => {
    const { plan } = await context.project()
    const opened = await (await context.launches(plan)).current(AbortSignal.timeout(lastWordsMs.atTheEnd))
    if (opened) await tellPeople(context, opened, failed)
  })
}

async function heraldOf(context: Context, plan: Plan, launch: LaunchId): Promise<Herald | null> {
  const [notifying, { reportModel }, { stepWords }, { checkSignals }] = await Promise.all([
    context.notifying(),
    import('../report/model.ts'),
    import('./describe-step.ts'),
    import('./describe-check.ts'),
  ])
  const [describeStep, signalOf] = await Promise.all([stepWords(), checkSignals()])
  return notifying.herald(plan, launch, (events) => reportModel({ plan, events, describeStep, signalOf }))
}

async function quietly<T>(context: Context, tell: () => Promise<T>): Promise<T | null> {
  return tell().catch((error: unknown) => {
    complain(context, error)
    return null
  })
}

function complain({ options, output }: Context, error: unknown): void {
  if (!options.quiet) output.err.write(`notify: nobody was told: ${firstLineOf(error)}\n`)
}
