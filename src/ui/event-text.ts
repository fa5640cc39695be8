import type { EventOf, LaunchEvent } from '../core/event.ts'
import { handOverIn } from '../core/hand-over.ts'
import type { LaunchState } from '../core/state.ts'
import { formatDuration } from '../core/units.ts'
import { canaryText } from './event-text-canary.ts'
import { plural } from '../core/quantity.ts'
import { clockTime, elapsed, short, who } from './format.ts'
import { safeText } from './text.ts'
import type { IconName } from './theme.ts'
import type { EventText, Words } from './words.ts'

/**
 * What an event says to a reader; null for the ones that are told otherwise (a gate's verdicts) or by their outcome
 * (an intent that is followed at once by what came of it). `state` is the state after the event.
 */
export function eventText(event: LaunchEvent, state: LaunchState | null, words: Words): EventText | null {
  const by = who(event.actor.name)
  switch (event.type) {
    case 'launch-opened':
      return launchOpened(event)
    case 'plan-replaced':
      return said(
        'note',
        `the run sheet or the commit changed: plan ${short(event.plan)}, commit ${short(event.commit)}`,
      )
    case 'baseline-captured':
      return said(
        'note',
        `baseline captured from ${clockTime(event.window.from)} to ${clockTime(event.window.to)}: ${plural(Object.keys(event.metrics).length, 'metric')}`,
        ...Object.entries(event.missing ?? {}).map(
          ([metric, why]) => `missing ${safeText(metric)}: ${safeText(why)}; asked for again when it is needed`,
        ),
      )
    case 'phase-started':
      return said('running', `phase ${words.phase(event.phase)} started`)
    case 'phase-ended':
      return phaseEnded(event, state, words)
    case 'step-intended':
      return said('running', `${words.step(event.step)} …`)
    case 'step-done':
      return said('pass', `${words.step(event.step)}: ${safeText(event.summary)} (${formatDuration(event.ms)})`)
    case 'step-failed':
      return said(
        'fail',
        `${words.step(event.step)} failed after ${formatDuration(event.ms)}: ${safeText(event.message)} [${safeText(event.code)}]`,
        safeText(event.hint),
      )
    case 'gate-judged':
      return null
    case 'approved':
      return said('pass', `${safeText(event.role)} signed off: ${by}${quoted(event.note)}`)
    case 'blocker-raised':
      return said('fail', `blocker ${event.blocker} (${safeText(event.severity)}) raised by ${by}${quoted(event.text)}`)
    case 'blocker-cleared':
      return said('pass', `blocker ${event.blocker} cleared by ${by}${quoted(event.note)}`)
    case 'issue-noted':
      return said('note', `issue (${safeText(event.severity)}) noted by ${by}${quoted(event.text)}`)
    case 'go-decided':
      return said(
        event.decision === 'go' ? 'pass' : 'fail',
        `${event.decision} decided by ${by} (${safeText(event.via)})${quoted(event.note)}`,
      )
    case 'answered':
      // A phase that may begin does so in the next line.
      if (event.answer === 'yes' && event.question.startsWith('begin/')) return null
      if (event.question.startsWith('again/')) return lookedAgain(event)
      return said(
        event.answer === 'yes' ? 'pass' : 'fail',
        `${asked(event.question, words)} ${event.answer === 'yes' ? 'confirmed' : 'answered no'} by ${who(event.by)} (${safeText(event.via)})${quoted(event.note)}`,
      )
    case 'waived':
      return said(
        'waived',
        `check ${safeText(event.check)} of gate ${safeText(event.gate)} waived by ${by}${quoted(event.reason)}`,
      )
    case 'noted':
      return said('note', `note by ${by}${quoted(event.text)}`)
    case 'flag-intended':
    case 'flag-set':
    case 'flag-confirmed':
    case 'stage-held':
    case 'stage-resumed':
    case 'stage-left':
    case 'canary-asked':
      return canaryText(event, state, words)
    case 'rollback-intended':
      return said(
        'rollback',
        `${event.kind} rollback begins: ${safeText(event.reason)}`,
        `asked for by ${safeText(event.trigger)}`,
      )
    case 'rolled-back':
      return rolledBack(event)
    case 'rollback-found':
      return said(
        'rollback',
        `rolled back from elsewhere by ${who(event.by)} at ${clockTime(event.since)}${quoted(event.reason)}`,
      )
    case 'people-awaited':
      return null
    case 'step-resolved':
      return said(
        'note',
        `${words.step(event.step)} ${event.did === 'run' ? 'had run to its end' : 'had not run'}, says ${by}${quoted(event.note)}`,
      )
    case 'left-held':
      return said('held', `left at ${event.percent}% on purpose: ${safeText(event.why)}`)
    case 'clock-jumped':
      return said(
        'note',
        `the clock of ${safeText(event.actor.host)} was set ${event.byMs < 0 ? 'back' : 'ahead'} by ${formatDuration(Math.abs(event.byMs))}`,
        'the gate is looked at anew',
      )
    case 'paused': {
      const to = handOverIn(event.signal)
      if (to !== null) return said('held', `handed over by ${by} to ${safeText(to)}; launch resume goes on`)
      return said('held', `stopped by ${safeText(event.signal)}; production stays as it is, launch resume goes on`)
    }
    case 'launch-ended':
      return said(
        event.outcome === 'succeeded' ? 'pass' : event.outcome === 'held' ? 'held' : 'fail',
        `launch ended, ${event.outcome}: ${safeText(event.why)}`,
      )
  }
  return unknownEvent(event)
}

/** A change is confirmed; what a check asks is quoted. */
function asked(question: string, words: Words): string {
  const text = words.question(question)
  return question.startsWith('proceed/') ? text : `“${text}”`
}

function lookedAgain({ question, by, via, note }: EventOf<'answered'>): EventText {
  const gate = safeText(question.slice('again/'.length))
  return said('note', `gate ${gate} is looked at again, asked for by ${who(by)} (${safeText(via)})${quoted(note)}`)
}

// Reached only by events a newer version wrote: the type above knows nothing of them.
function unknownEvent(event: never): EventText {
  const { type } = event as { readonly type: string }
  return said('unknown', `an event this version does not know: ${safeText(type)}`)
}

function said(icon: IconName, text: string, ...more: readonly string[]): EventText {
  return { icon, text, more: more.filter((line) => line !== '') }
}

function quoted(text: string): string {
  return text === '' ? '' : `: ${safeText(text)}`
}

function launchOpened(event: EventOf<'launch-opened'>): EventText {
  const sandbox = event.sandbox === null ? [] : [`sandbox, scenario ${safeText(event.sandbox)}: nothing here is real`]
  const supersedes = event.supersedes === null ? [] : [`it takes over from launch ${safeText(event.supersedes)}`]
  const acks = event.acks.length === 0 ? [] : [`it acknowledges ${plural(event.acks.length, 'earlier rollback')}`]
  return said(
    'running',
    `launch ${safeText(event.launch)} opened by ${who(event.actor.name)}: version ${safeText(event.version)}, commit ${short(event.commit)}`,
    ...sandbox,
    ...supersedes,
    ...acks,
  )
}

function phaseEnded(event: EventOf<'phase-ended'>, state: LaunchState | null, words: Words): EventText {
  const phase = state?.phases[event.phase]
  const took = phase ? ` after ${elapsed(phase.startedAt, event.at)}` : ''
  return said(event.verdict, `phase ${words.phase(event.phase)}: ${event.verdict}${took}`)
}

function rolledBack({ result }: EventOf<'rolled-back'>): EventText {
  const edge = result.edgeMs === null ? 'not seen at the edge' : `at the edge in ${formatDuration(result.edgeMs)}`
  const times = `acknowledged in ${formatDuration(result.ackedMs)}, read back in ${formatDuration(result.readBackMs)}, ${edge}`
  const verified = result.verified ? 'verified' : 'NOT verified'
  return said(
    result.outcome === 'failed' ? 'fail' : 'rollback',
    `${result.kind} rollback ${rollbackOutcome[result.outcome]}: ${times}, ${verified}`,
    `by ${who(result.by)}: ${safeText(result.reason)}`,
    safeText(result.detail),
    result.outcome === 'failed' ? 'check production by hand now; launch rollback validate looks again' : '',
  )
}

/** What a rollback's outcome means to somebody who was not there. */
export const rollbackOutcome = {
  restored: 'restored the last good state',
  degraded: 'restored users, with something around it not done',
  failed: 'FAILED',
  nothing: 'found the flag off already',
} as const
