import { Chalk } from 'chalk'
import { fold } from '../../src/core/reduce.ts'
import type { LaunchState } from '../../src/core/state.ts'
import { startState } from '../../src/core/state.ts'
import { reduce } from '../../src/core/reduce.ts'
import { stepKinds } from '../../src/steps/registry.ts'
import { makeTheme } from '../../src/ui/theme.ts'
import type { DescribeStep } from '../../src/ui/words.ts'
import { checkKinds } from '../../src/gates/registry.ts'
import type { SignalOf } from '../../src/report/charts.ts'
import type { ReporterContext, ReporterKind } from '../../src/ui/reporter.ts'
import type { EnvelopeInput } from '../../src/ui/envelope.ts'
import type { Envelope } from '../../src/ui/envelope-schema.ts'
import { safeJson } from '../../src/ui/json.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { statusBoardPlan } from './status-board-plan.ts'

export const uncoloured = makeTheme(new Chalk({ level: 0 }), true)
export const ascii = makeTheme(new Chalk({ level: 0 }), false)
export const coloured = makeTheme(new Chalk({ level: 1 }), true)

/** The words the program itself uses. */
export const describeStep: DescribeStep = (step) => {
  const kind = stepKinds.find(({ kind }) => kind === step.kind)
  if (!kind) return { title: step.kind, changes: 'nothing', plannedMs: null }
  return {
    title: kind.title(step.spec, step.environment),
    changes: kind.changes(step.spec, step.environment),
    plannedMs: kind.plannedMs(step.spec),
  }
}

/** What the program's own check kinds bound. A kind or a spec made up for a test bounds nothing. */
export const signalOf: SignalOf = ({ kind: name, spec }) => {
  const kind = checkKinds.find(({ kind }) => kind === name)
  return kind && ('metric' in spec || 'bad' in spec) ? kind.signal(spec) : null
}

export function stateOf(events: readonly LaunchEvent[]): LaunchState {
  const state = fold(events)
  if (!state) throw new Error('the journal is empty')
  return state
}

/** A run of `auto` that ended well. */
export const autoSucceeded: EnvelopeInput = {
  command: 'auto',
  env: 'production',
  sandbox: false,
  outcome: 'succeeded',
  exitCode: 0,
  error: null,
}

/** Everything a reporter writes about a journal, its end included. */
export function reported(
  kind: ReporterKind,
  events: readonly LaunchEvent[],
  end: Envelope,
  options: Partial<ReporterContext> = {},
): string {
  let text = ''
  const write = (more: string) => void (text += more)
  const reporter = kind.create({
    write,
    writeJson: (value) => write(`${safeJson(value)}\n`),
    theme: uncoloured,
    plan: statusBoardPlan,
    describeStep,
    spinner: null,
    ...options,
  })
  let state: LaunchState | null = null
  for (const event of events) {
    state = event.type === 'launch-opened' ? startState(event) : state && reduce(state, event)
    if (state) reporter.onEvent(event, state)
  }
  reporter.onEnd(end)
  return text
}
