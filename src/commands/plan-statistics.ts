import type { Context } from '../context.ts'
import { epochMs } from '../core/brand.ts'
import { environmentOf } from '../core/environment-of.ts'
import { messageOf } from '../core/errors.ts'
import { needKey, type Evidence, type NeedOf } from '../core/evidence.ts'
import type { Plan, PlannedGate, PlannedStep } from '../core/plan.ts'
import { asExposed, type RolloutRules } from '../core/rollout.ts'
import type { Window } from '../core/verdict.ts'
import { scopeOf } from '../engine/look.ts'
import { needsOfGate } from '../gates/judge-gate.ts'
import { canaryForecast, type CanaryForecast } from '../gates/canary-forecast.ts'
import { needsOfToday } from '../gates/todays-usual.ts'
import { stepKind } from '../steps/registry.ts'
import { hasWorld } from './launch-for.ts'
import { rejectedBy } from './rejected-by.ts'

/** How far back today's traffic is read. */
const lookbackMs = 3 * 3_600_000
/** A plan is looked at often, also where nothing answers: it does not wait longer for numbers. */
const deadlineMs = 6000

export type Today =
  /** `lost`: why a part of it could not be read. */
  | { readonly status: 'read'; readonly window: Window; readonly evidence: Evidence; readonly lost: string | null }
  | { readonly status: 'not-read'; readonly why: string }

export type CanaryStatistics = {
  readonly step: string
  readonly title: string
  readonly environment: string
  readonly today: { readonly from: number; readonly to: number } | null
  /** Why today's traffic, or a part of it, is not known. */
  readonly notRead: string | null
  readonly forecast: CanaryForecast
}

type Canary = { readonly step: PlannedStep; readonly gate: PlannedGate; readonly rules: RolloutRules }

/** What the canaries of a plan can find out at today's traffic, or at so many requests a minute. Reads, changes nothing. */
export async function planStatistics(
  context: Context,
  plan: Plan,
  rpm: number | null,
): Promise<readonly CanaryStatistics[]> {
  const found = canariesOf(plan)
  return Promise.all(
    found.map(async (canary) => {
      const { step, gate, rules } = canary
      const today = await todayOf(context, plan, canary)
      const environment = environmentOf(plan, step.environment)
      const asks = (rollout: Parameters<typeof needsOfGate>[1]['rollout']) =>
        needsOfGate(gate, { ...scopeOf(environment, step.phase), ...(rollout && { rollout }) })
      return {
        step: step.id,
        title: stepKind(step.kind).title(step.spec, step.environment),
        environment: step.environment,
        today: today.status === 'read' ? today.window : null,
        notRead: today.status === 'read' ? today.lost : today.why,
        forecast: canaryForecast({
          gate,
          rules,
          metrics: plan.metrics,
          today: today.status === 'read' ? today : null,
          rpm,
          lookbackMs,
          asks,
        }),
      }
    }),
  )
}

function canariesOf(plan: Plan): readonly Canary[] {
  return plan.phases
    .flatMap(({ steps }) => steps)
    .flatMap((step) => {
      const rules = stepKind(step.kind).rollout(step.spec)
      return rules && step.gate ? [{ step, gate: step.gate, rules: asExposed(rules, plan.flag.audience) }] : []
    })
}

/** The last three hours of the metrics a canary is judged by; never throws but for an abort. */
async function todayOf(context: Context, plan: Plan, { step, gate, rules }: Canary): Promise<Today> {
  if (!(await hasWorld(context)))
    return { status: 'not-read', why: 'there is no sandbox in this folder (launch auto --sandbox makes one)' }
  const signal = AbortSignal.any([context.signal, AbortSignal.timeout(deadlineMs)])
  try {
    const world = await context.world(plan, { driver: false })
    const now = world.clock.now()
    const window = { from: epochMs(now - lookbackMs), to: now }
    const needs: readonly (NeedOf<'series'> | NeedOf<'window'>)[] = needsOfToday(gate, rules, lookbackMs)
    const gatherer = await world.aws(environmentOf(plan, step.environment)).metrics()
    const scope = { metrics: plan.metrics, environment: step.environment, window, now }
    // Fetching credentials heeds no signal.
    const findings = await Promise.race([gatherer.gather(needs, scope, signal), rejectedBy(signal)])
    const lost = findings.filter((finding) => finding.status === 'missing').map(({ why }) => why)
    if (lost.length === findings.length) return { status: 'not-read', why: lost[0] ?? 'there is nothing to read' }
    const evidence = Object.fromEntries(
      needs.flatMap((need, index) => {
        const finding = findings[index]
        return finding ? [[needKey(need), finding] as const] : []
      }),
    )
    return { status: 'read', window, evidence, lost: lost[0] ?? null }
  } catch (error) {
    context.signal.throwIfAborted()
    const why = signal.aborted ? `cloudwatch did not answer within ${deadlineMs / 1000}s` : messageOf(error)
    return { status: 'not-read', why }
  }
}
