import type { Context } from '../context.ts'
import { epochMs, launchId, sha256Hex } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { CheckResult } from '../core/event.ts'
import type { GateLook } from '../core/move.ts'
import type { Plan, PlannedCheck, PlannedGate } from '../core/plan.ts'
import { failureReason, unknownReason } from '../core/reason.ts'
import { startState, type LaunchState } from '../core/state.ts'
import { formatDuration } from '../core/units.ts'
import type { GateJudged } from '../engine/look.ts'
import { gateScreen } from './gate-screen.ts'
import { readLaunch } from './open-launch.ts'

export type WatchOrder = {
  /** Settled evidence wanted; null: until somebody stops it. */
  readonly durationMs: number | null
  readonly gate: string | null
  readonly everyLook: boolean
}

export type Watched = {
  readonly verdict: GateJudged['verdict']
  readonly gate: string
  readonly why: string
  readonly checks: readonly object[]
}

const everyMs = 30_000
/** How long evidence may be late, beyond twice the time that was asked for. */
const patienceMs = 15 * 60_000

/** Looks at a gate again and again and tells what it sees on stderr. Journals nothing. The last verdict counts, a fail at once. */
export async function watchGate(context: Context, plan: Plan, order: WatchOrder): Promise<Watched> {
  const { signal, output } = context
  const world = await context.world(plan)
  const whole = gateToWatch(plan, context.options.env, order.gate)
  const { gate, leftOut } = await fitting(whole, order.durationMs)
  for (const check of leftOut) output.err.write(`left out, needs longer than this monitor lasts: ${check.title}\n`)
  const [{ lookAt }, { checkLines, gateSummary }, { clockTime }] = await Promise.all([
    import('../engine/look.ts'),
    import('../ui/gate-lines.ts'),
    import('../ui/format.ts'),
  ])
  const ports = await context.ports(plan, { people: 'step', report: () => Promise.resolve(''), log: () => {} })
  const from = world.clock.now()
  const screen = order.everyLook ? await gateScreen(context, plan, () => world.clock.now()) : null
  let told = ''
  for (;;) {
    const state = await launchOrNothing(context, plan)
    const now = world.clock.now()
    const look: GateLook = {
      gate,
      key: 'monitor',
      phase: 'monitor',
      window: { from, to: now },
      stage: null,
      watch: true,
    }
    const judged = await lookAt(look, plan, state, ports, signal)
    const line = judged.checks.map(({ id, judgement }) => `${id} ${judgement.verdict}`).join()
    screen?.show(judged, state, { text: `looks at gate ${gate.id} again`, at: epochMs(now + everyMs) })
    if (!screen && (order.everyLook || line !== told)) {
      const { theme } = output.err
      const lines = [
        `${clockTime(now)} gate ${gate.id}: ${gateSummary(judged, theme)}`,
        ...checkLines(judged.checks, theme).map((text) => `  ${text}`),
      ]
      output.err.write(lines.map((text) => `${theme.encode(text)}\n`).join(''))
      told = line
    }
    const end = ended(judged, order, from, now)
    if (end !== null) {
      screen?.close()
      return { verdict: judged.verdict, gate: gate.id, why: end, checks: judged.checks.map(summary) }
    }
    try {
      await world.clock.sleepUntil(epochMs(now + everyMs), signal)
    } catch (error) {
      // Ctrl-C ends an endless watch, and that is its normal end.
      if (!signal.aborted || order.durationMs !== null) throw error
      screen?.close()
      return {
        verdict: judged.verdict,
        gate: gate.id,
        why: `watched for ${formatDuration(now - from)}`,
        checks: judged.checks.map(summary),
      }
    }
  }
}

function ended(judged: GateJudged, { durationMs }: WatchOrder, from: number, now: number): string | null {
  if (judged.verdict === 'fail') return failureReason(judged.checks, null)
  if (durationMs === null) return null
  if (judged.bakedMs >= durationMs && judged.verdict === 'pass')
    return `${formatDuration(judged.bakedMs)} of settled evidence, nothing failed`
  // Evidence that does not come must not keep a monitor for ever.
  return now - from >= durationMs * 2 + patienceMs ? `not decided: ${unknownReason(judged.checks)}` : null
}

/** The checks that can be decided in the time that was asked for: a steady quarter of an hour cannot be seen in five minutes. */
async function fitting(
  gate: PlannedGate,
  durationMs: number | null,
): Promise<{ readonly gate: PlannedGate; readonly leftOut: readonly PlannedCheck[] }> {
  if (durationMs === null) return { gate, leftOut: [] }
  const { checkKind } = await import('../gates/registry.ts')
  const leftOut = gate.checks.filter((check) => (checkKind(check.kind).usesOverMs(check.spec) ?? 0) > durationMs)
  return { gate: { ...gate, checks: gate.checks.filter((check) => !leftOut.includes(check)) }, leftOut }
}

function gateToWatch(plan: Plan, environment: string, name: string | null): PlannedGate {
  const phases = plan.phases.filter((phase) => phase.environment === environment)
  const gates = [
    ...phases.flatMap((phase) => phase.steps.map((step) => step.gate)),
    ...phases.map((phase) => phase.gate),
  ].filter((gate) => gate !== null)
  const monitored = phases.flatMap((phase) => phase.steps).find((step) => step.kind === 'monitor')?.gate
  const found = name === null ? (monitored ?? gates.at(-1)) : gates.find((gate) => gate.id === name)
  if (found) return found
  const names = [...new Set(gates.map((gate) => gate.id))].join(', ')
  throw new LaunchError(
    'USAGE',
    name === null ? `no gate is judged in ${environment}` : `${environment} has no gate "${name}"`,
    { hint: names === '' ? 'give a phase a gate:' : `one of ${names}` },
  )
}

/** The open launch, for who is judged and what was signed; a blank one when none is open. */
async function launchOrNothing(context: Context, plan: Plan): Promise<LaunchState> {
  const { signal } = context
  const current = await (await context.launches(plan)).current(signal)
  if (current) return readLaunch(current, signal)
  const actor = await context.actor()
  const at = (await context.world(plan)).clock.now()
  return startState({
    type: 'launch-opened',
    plan: sha256Hex(''),
    commit: '',
    version: '',
    supersedes: null,
    acks: [],
    sandbox: null,
    schema: 1,
    launch: launchId(''),
    n: 0,
    id: '',
    at,
    actor,
    prev: null,
  })
}

function summary({ id, kind, judgement }: CheckResult): object {
  const { verdict, observed, limit, unit, samples, why } = judgement
  return { id, kind, verdict, observed, limit, unit, samples, why }
}
