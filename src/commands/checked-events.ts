import type { LaunchId } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Happening, LaunchEvent } from '../core/event.ts'

/** Where every event has texts. `*` is each item of a list or map; what ends with `?` may be null or missing. */
const always = ['id?', 'actor.name', 'actor.host?', 'actor.run?'] as const

/** Where an event of each type has texts, besides. */
const texts = {
  'launch-opened': ['plan', 'commit', 'version', 'supersedes?', 'acks.*', 'sandbox?'],
  'plan-replaced': ['plan', 'commit'],
  'baseline-captured': ['missing.*'],
  'phase-started': ['phase'],
  'phase-ended': ['phase', 'verdict'],
  'step-intended': ['step', 'attempt'],
  'step-done': [
    'step',
    'attempt',
    'summary',
    'output.artifact.hash',
    'output.artifact.manifest',
    'output.deployed.environment',
    'output.deployed.release.id',
    'output.deployed.release.version',
    'output.deployed.release.commit',
    'output.deployed.release.previous?',
    'output.report.path',
  ],
  'step-failed': ['step', 'attempt', 'code', 'message', 'hint'],
  'gate-judged': [
    'gate',
    'key',
    'phase',
    'environment',
    'artifact?',
    'verdict',
    'checks.*.id',
    'checks.*.kind',
    'checks.*.title',
    'checks.*.judgement.verdict',
    'checks.*.judgement.unit',
    'checks.*.judgement.query',
    'checks.*.judgement.why',
  ],
  approved: ['role', 'note', 'binding.commit', 'binding.artifact?', 'binding.plan'],
  'blocker-raised': ['severity', 'text'],
  'blocker-cleared': ['note'],
  'issue-noted': ['severity', 'text'],
  'go-decided': ['decision', 'note', 'via'],
  answered: ['question', 'answer', 'by', 'via', 'note'],
  waived: ['gate', 'check', 'reason'],
  noted: ['text'],
  'flag-intended': ['step', 'writeId', 'base?'],
  'flag-set': ['writeId'],
  'flag-confirmed': [],
  'stage-held': ['step', 'why'],
  'stage-resumed': ['step', 'why'],
  'stage-left': ['step', 'verdict', 'why'],
  'canary-asked': ['ask', 'reason'],
  'rollback-intended': ['kind', 'reason', 'trigger'],
  'rolled-back': ['result.kind', 'result.reason', 'result.by', 'result.outcome', 'result.detail', 'writeId', 'trigger'],
  'rollback-found': ['writeId', 'by', 'reason'],
  paused: ['signal'],
  'step-resolved': ['step', 'attempt', 'did', 'note'],
  'left-held': ['why'],
  'people-awaited': ['question'],
  'clock-jumped': [],
  'launch-ended': ['outcome', 'why'],
} as const satisfies { readonly [T in Happening['type']]: readonly string[] }

/**
 * Sees to it that a journal is the one that was asked for, and that what commands show as texts are texts: the chain of hashes
 * vouches for neither, who may write the state can make one. Types this version does not know are left alone.
 * Throws LaunchError JOURNAL_CORRUPT with the number of the event.
 */
export function mustHoldTexts(events: readonly LaunchEvent[], launch: LaunchId): void {
  for (const event of events) {
    if (event.launch !== launch) {
      const said = typeof event.launch === 'string' ? `"${String(event.launch)}"` : 'no launch'
      throw new LaunchError('JOURNAL_CORRUPT', `event ${event.n} of launch ${launch} calls its launch ${said}`)
    }
    const own: readonly string[] = Object.hasOwn(texts, event.type) ? texts[event.type] : []
    const wrong = [...always, ...own].find((path) => !isText(event, path.split('.')))
    if (wrong !== undefined) {
      const field = wrong.replace('?', '')
      throw new LaunchError('JOURNAL_CORRUPT', `event ${event.n} of launch ${launch} has no text in "${field}"`)
    }
  }
}

/** A part that is not there at all (`output.report` of a build) has no texts to be wrong. */
function isText(value: unknown, [step, ...rest]: readonly string[]): boolean {
  if (step === undefined) return typeof value === 'string'
  if (value === undefined) return true
  if (value === null || typeof value !== 'object') return false
  if (step === '*') return Object.values(value).every((item) => isText(item, rest))
  const name = step.replace('?', '')
  const inside: unknown = Object.getOwnPropertyDescriptor(value, name)?.value
  if (rest.length > 0) return isText(inside, rest)
  return typeof inside === 'string' || (step !== name && (inside ?? null) === null)
}
