import type { Context } from '../context.ts'
import type { LaunchId } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { LaunchEvent } from '../core/event.ts'
import { planHash } from '../core/plan-hash.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import { journalRecording, rejudge, type Rejudged } from '../engine/journal-recording.ts'
import { tallyOf, tryOut, type Variant } from '../engine/trial.ts'
import type { OpenedLaunch } from '../journal/launches.ts'
import { inTurn, type Backtest } from './backtest-trials.ts'
import { mustHaveWorld, viewLaunch } from './launch-for.ts'

/** A launch of the journal, its verdicts judged again. */
export type LaunchAgain = {
  readonly state: LaunchState
  readonly verdicts: readonly Rejudged[]
  /** The run sheet of now is the one it was launched with, gates and canary. */
  readonly samePlan: boolean
}

type Read = { readonly opened: OpenedLaunch; readonly events: readonly LaunchEvent[] }

/**
 * Launches of the journal: every verdict judged again by the plan and the evidence of then, and their canaries decided by the
 * variants. Throws NOT_FOUND when there is none.
 */
export async function backtestJournal(
  context: Context,
  which: { readonly launch: string | null; readonly last: number },
  variants: readonly Variant[],
): Promise<Backtest & { readonly launches: readonly LaunchAgain[] }> {
  const { plan } = await context.project()
  const read = await readLaunches(context, which)
  const launches = read.flatMap(({ opened, events }) => {
    const state = fold(events)
    if (!state) return []
    const samePlan = variants.length === 1 && variants.every(({ plan }) => planHash(plan) === opened.planHash)
    return [{ state, verdicts: rejudge(opened.plan, events), samePlan }]
  })
  const trials = await inTurn(
    context,
    read.flatMap(({ opened, events }) =>
      variants.flatMap((variant) => {
        const recording = journalRecording(events, variant.step)
        return recording ? [() => tryOut(variant, opened.log.launch, recording)] : []
      }),
    ),
    (await context.world(plan)).wait,
  )
  if (launches.every(({ verdicts }) => verdicts.length === 0) && trials.length === 0)
    throw new LaunchError('NOT_FOUND', 'no launch of the journal judged a gate', {
      hint: 'launch history lists what there is',
    })
  return {
    launches,
    tallies: variants.map(({ limit }) => tallyOf(limit, trials)),
    notes: [],
    document: { launches: launches.map(documentOf) },
  }
}

async function readLaunches(
  context: Context,
  { launch, last }: { readonly launch: string | null; readonly last: number },
): Promise<readonly Read[]> {
  if (launch !== null) {
    const { opened, events } = await viewLaunch(context, launch)
    return [{ opened, events }]
  }
  const { signal } = context
  const { plan } = await context.project()
  await mustHaveWorld(context)
  await context.world(plan, { driver: false })
  const launches = await context.launches(plan)
  const ids: readonly LaunchId[] = (await launches.list(signal)).slice(-last)
  return Promise.all(
    ids.map(async (id) => {
      const opened = await launches.load(id, signal)
      return { opened, events: await opened.log.read(signal) }
    }),
  )
}

/** How many verdicts came out how. */
function countsOf(verdicts: readonly Rejudged[]): { readonly [F in Rejudged['found']]: number } {
  const count = (found: Rejudged['found']) => verdicts.filter((one) => one.found === found).length
  return { same: count('same'), worded: count('worded'), different: count('different'), gone: count('gone') }
}

function documentOf({ state, verdicts, samePlan }: LaunchAgain): object {
  const { same, ...others } = countsOf(verdicts)
  return {
    launch: state.id,
    openedAt: new Date(state.openedAt).toISOString(),
    outcome: state.ended?.outcome ?? null,
    samePlan,
    verdicts: { judged: verdicts.length, equal: same, ...others },
    differences: verdicts
      .filter(({ found }) => found === 'different')
      .map(({ event, again }) => ({
        n: event.n,
        gate: event.gate,
        key: event.key,
        at: new Date(event.window.to).toISOString(),
        was: event.verdict,
        now: again?.verdict ?? null,
        checks: event.checks.flatMap(({ id, judgement }) => {
          const now = again?.checks.find((check) => check.id === id)?.judgement
          return now?.verdict === judgement.verdict
            ? []
            : [{ id, was: judgement.verdict, now: now?.verdict ?? null, why: now?.why ?? null }]
        }),
      })),
  }
}
