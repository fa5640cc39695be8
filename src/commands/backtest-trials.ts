import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import type { Wait } from '../core/ports.ts'
import type { Tally, Trial, Variant } from '../engine/trial.ts'
import { canaryStep } from './plan-lookup.ts'

/** What a source of the past gives to be shown. */
export type Backtest = {
  readonly tallies: readonly Tally[]
  /** What has to be known to read it, a line each. */
  readonly notes: readonly string[]
  /** More fields of the document. */
  readonly document: object
}

/** The variants of a plan's canary: one per limit of `--sweep check=low..high`, or the plan itself. Throws USAGE, NOT_FOUND. */
export async function variantsOf(plan: Plan, sweep: string | null, steps: number): Promise<readonly Variant[]> {
  const step = canaryStep(plan)
  if (sweep === null) return [{ limit: null, plan, step }]
  if (!step.gate) throw new LaunchError('USAGE', `${step.id} has no gate`)
  const [{ parseSweep, sweptCheck, withLimit }, { stepOf }] = await Promise.all([
    import('../engine/limit-sweep.ts'),
    import('../engine/imagined-launch.ts'),
  ])
  const { check: name, limits } = parseSweep(sweep, steps)
  const check = sweptCheck(step.gate, name)
  return limits.map((limit) => {
    const swept = withLimit(plan, step, check, limit)
    return { limit, plan: swept, step: stepOf(swept, step.id) ?? step }
  })
}

/**
 * `slo.errors=+2pp`: two of a hundred requests of the canary more are bad. `board-load=+60%`: it takes as much longer.
 * Throws USAGE.
 */
export function parseInjection(
  text: string,
): { readonly bad: string; readonly share: number } | { readonly slow: string; readonly factor: number } {
  const [, slow, longer] = /^(?:[^=]*[./])?([^=./]+)=\+(\d+(?:\.\d+)?)%$/.exec(text.trim()) ?? []
  if (slow !== undefined && Number(longer) > 0) return { slow, factor: 1 + Number(longer) / 100 }
  const [, bad, points] = /^(?:[^=]*[./])?([^=./]+)=\+(\d+(?:\.\d+)?)pp$/.exec(text.trim()) ?? []
  const share = Number(points) / 100
  if (bad !== undefined && share > 0 && share <= 1) return { bad, share }
  throw new LaunchError('USAGE', `--inject "${text}" is not a metric and how much worse it is`, {
    hint: 'write it like errors=+2pp, of a latency like board-load=+60%',
  })
}

/** Replays one after the other, says how far it is, and stops when it is told to. */
export async function inTurn(
  context: Context,
  trials: readonly (() => Trial)[],
  wait: Wait | null,
): Promise<readonly Trial[]> {
  const spinner = trials.length > 1 ? await context.spinner() : null
  const done: Trial[] = []
  try {
    for (const trial of trials) {
      spinner?.show(`rollout ${done.length + 1} of ${trials.length}`)
      // A replay is pure calculation: between two of them signals are heard.
      await wait?.(0, context.signal).catch(() => context.signal.throwIfAborted())
      done.push(trial())
    }
  } finally {
    spinner?.hide()
  }
  return done
}
