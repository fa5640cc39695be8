import type { EventOf, LaunchEvent, RollbackResult } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import { mayBeExposed, type LaunchState } from '../core/state.ts'
import { formatDuration } from '../core/units.ts'
import type { Cell } from '../report/cell.ts'
import { clockTime, number, who } from '../ui/format.ts'
import { rollbackOutcome } from '../ui/event-text.ts'
import { channelsOf, type Notice } from './notice.ts'

/**
 * What people are told when an event was journaled; `state` is the state after it. Few things: that a launch begins, who decided,
 * how many users have it, that it waits, was rolled back or is over, and what users report.
 */
export function noticesOf(plan: Plan, event: LaunchEvent, state: LaunchState): readonly Notice[] {
  switch (event.type) {
    case 'phase-started':
      return event.phase === plan.phases[0]?.id ? [begun(event, state)] : []
    case 'go-decided':
      return [decided(event)]
    case 'flag-confirmed':
      return [exposed(event)]
    case 'stage-held':
      return [held(event, state)]
    case 'stage-resumed':
    case 'stage-left':
      return [resolved(event, `${state.id}/hold`, `${number(event.percent)} % goes on: ${event.why}`)]
    case 'rollback-intended':
      return event.trigger === 'unattended' ? [unattended(event, state)] : []
    case 'rolled-back':
      return rolledBack(plan, event, state)
    case 'rollback-found':
      return [found(event, state)]
    case 'blocker-raised':
      return event.severity === 'critical' ? [reported(event, `Critical UAT blocker ${event.blocker}`, event.text)] : []
    case 'issue-noted':
      return /^P[01]$/.test(event.severity) ? [reported(event, `${event.severity} issue`, event.text)] : []
    case 'paused':
      return mayBeExposed(state) && !state.ended ? [stopped(event, state)] : []
    case 'launch-ended':
      return ended(plan, event, state)
    // The rest is in the report: a channel that is told all of it is not read.
    case 'launch-opened':
    case 'plan-replaced':
    case 'baseline-captured':
    case 'phase-ended':
    case 'step-intended':
    case 'step-done':
    case 'step-failed':
    case 'step-resolved':
    case 'gate-judged':
    case 'approved':
    case 'blocker-cleared':
    case 'answered':
    case 'waived':
    case 'noted':
    case 'flag-intended':
    case 'flag-set':
    case 'canary-asked':
    case 'left-held':
    case 'people-awaited':
    case 'clock-jumped':
      return []
  }
  // An event that a newer version wrote.
  return []
}

type Told = Omit<Notice, 'id' | 'at' | 'run'>

function notice(event: LaunchEvent, told: Told): Notice {
  return { id: event.id, at: event.at, run: event.actor.run, ...told }
}

function begun(event: EventOf<'phase-started'>, state: LaunchState): Notice {
  const lines: readonly Cell[] = [
    `version ${state.version}, commit ${state.commit.slice(0, 7)}, driven by ${who(event.actor.name)}`,
  ]
  return notice(event, { mark: 'on', title: 'The launch begins', lines, to: ['updates'] })
}

function decided(event: EventOf<'go-decided'>): Notice {
  const { decision, note } = event
  const title = `${decision === 'go' ? 'Go' : 'No-go'}, decided by ${who(event.actor.name)}`
  const lines = note === '' ? [] : [note]
  return notice(event, { mark: decision === 'go' ? 'good' : 'bad', title, lines, to: ['updates'] })
}

function exposed(event: EventOf<'flag-confirmed'>): Notice {
  const title = `${number(event.percent)} % of users get the new version`
  const lines = [`seen at the edge ${formatDuration(event.edgeMs)} after the flag was set`]
  return notice(event, { mark: 'on', title, lines, to: ['updates'] })
}

/** What acts on a canary that waits, from any machine. */
const holdCommands: Cell = [
  'What acts: ',
  { code: 'launch canary resume' },
  ', ',
  { code: 'launch canary promote' },
  ', ',
  { code: 'launch canary abort' },
]

function held(event: EventOf<'stage-held'>, state: LaunchState): Notice {
  return notice(event, {
    mark: 'wait',
    title: `The canary is held at ${number(event.percent)} %, until ${clockTime(event.until)} (UTC)`,
    lines: [event.why, holdCommands],
    to: ['updates', { level: 2 }],
    page: { action: 'trigger', key: `${state.id}/hold`, severity: 'error' },
  })
}

function resolved(event: LaunchEvent, key: string, title: string): Notice {
  return notice(event, { mark: 'on', title, lines: [], to: [], page: { action: 'resolve', key } })
}

function unattended(event: EventOf<'rollback-intended'>, state: LaunchState): Notice {
  return notice(event, {
    mark: 'bad',
    title: 'Nobody looks after the canary: it is rolled back now',
    lines: [event.reason],
    to: [{ level: 2 }],
    page: { action: 'trigger', key: `${state.id}/unattended`, severity: 'error' },
  })
}

/** Level 1 handled itself, level 2 was somebody's decision or took too long, level 3 did not work. */
function rolledBack(plan: Plan, event: EventOf<'rolled-back'>, state: LaunchState): readonly Notice[] {
  const { result, trigger } = event
  const late = overBudget(plan, result)
  const edge =
    result.edgeMs === null ? 'not yet seen at the edge' : `at the edge after ${formatDuration(result.edgeMs)}`
  const lines: readonly Cell[] = [
    result.reason,
    `by ${who(result.by)}: acknowledged after ${formatDuration(result.ackedMs)}, ${edge}`,
    ...(late === null ? [] : [late]),
    ...(result.detail === '' ? [] : [result.detail]),
  ]
  if (result.outcome === 'failed') return [notRestored(event, state, `The ${result.kind} rollback FAILED`, lines)]
  const title = `Rolled back (${result.kind}): it ${rollbackOutcome[result.outcome]}`
  const level = trigger === 'operator' || late !== null ? 2 : 1
  const page = { action: 'trigger', key: `${state.id}/budget`, severity: 'error' } as const
  const told = notice(event, {
    mark: 'back',
    title,
    lines,
    to: ['updates', { level }],
    ...(late === null ? {} : { page }),
  })
  const over = resolved(event, `${state.id}/hold`, title)
  return [told, { ...over, id: `${event.id}-hold` }]
}

/** Why a rollback took longer than the run sheet allows, or null. */
function overBudget({ rollback }: Plan, { kind, readBackMs, edgeMs }: RollbackResult): string | null {
  const [took, allowed] = [Math.max(readBackMs, edgeMs ?? 0), rollback.budgetMs[kind]]
  if (took <= allowed) return null
  return `it took ${formatDuration(took)}, and ${formatDuration(allowed)} are allowed`
}

function found(event: EventOf<'rollback-found'>, state: LaunchState): Notice {
  return notice(event, {
    mark: 'back',
    title: `Rolled back from elsewhere at ${clockTime(event.since)} (UTC)`,
    lines: [`by ${who(event.by)}: ${event.reason}`],
    to: ['updates', { level: 2 }],
    page: { action: 'resolve', key: `${state.id}/hold` },
  })
}

function reported(event: LaunchEvent, what: string, text: string): Notice {
  const lines: readonly Cell[] = [text, ['What acts: ', { code: 'launch rollback full --reason "…"' }]]
  return notice(event, {
    mark: 'bad',
    title: `${what}, reported by ${who(event.actor.name)}`,
    lines,
    to: [{ level: 2 }],
  })
}

function stopped(event: EventOf<'paused'>, state: LaunchState): Notice {
  return notice(event, {
    mark: 'wait',
    title: `The launch was stopped (${event.signal}) with ${number(state.flag?.percent ?? 0)} % of users on the new version`,
    lines: [
      [
        'Nobody drives it: ',
        { code: 'launch resume' },
        ' goes on, ',
        { code: 'launch rollback emergency' },
        ' turns it off',
      ],
    ],
    to: ['updates', { level: 2 }],
  })
}

/** The release note of a launch that succeeded is made of its report and replaces the end in the channels that get it. */
function ended(plan: Plan, event: EventOf<'launch-ended'>, state: LaunchState): readonly Notice[] {
  const { outcome, why } = event
  if (outcome === 'failed')
    return [notRestored(event, state, 'The launch ended and production is not confirmed', [why])]
  // Said already, with its reason.
  if (outcome === 'rolled-back' && (state.rollbacks.length > 0 || state.found)) return []
  const good = outcome === 'succeeded'
  if (good && channelsOf(plan, ['announce']).some((id) => channelsOf(plan, ['updates']).includes(id))) return []
  const title = good ? 'The launch is done' : `The launch ended: ${outcome.replaceAll('-', ' ')}`
  return [notice(event, { mark: good ? 'good' : 'bad', title, lines: [why], to: ['updates'] })]
}

/** Exit 5: whoever can help is told and woken. One incident, however often it is seen. */
export function notRestored(
  { at, actor }: Pick<LaunchEvent, 'at' | 'actor'>,
  state: LaunchState,
  title: string,
  lines: readonly Cell[],
): Notice {
  return {
    id: `failed-${state.rollbacks.length}`,
    at,
    run: actor.run,
    mark: 'bad',
    title,
    lines: [...lines, ['Check production by hand now; ', { code: 'launch rollback validate' }, ' looks again']],
    to: ['updates', { level: 3 }],
    page: { action: 'trigger', key: `${state.id}/failed`, severity: 'critical' },
  }
}
