import { outcomeMeaning, type Outcome } from '../core/exit-code.ts'
import { formatDuration } from '../core/units.ts'
import type { Envelope, RunEnvelope } from './envelope-schema.ts'
import { rollbackOutcome } from './event-text.ts'
import { number, who } from './format.ts'
import { nextCommand } from './next-command.ts'
import { safeText, table } from './text.ts'
import type { IconName, Theme } from './theme.ts'

const icons = {
  succeeded: 'pass',
  bug: 'fail',
  invalid: 'fail',
  refused: 'fail',
  'rolled-back': 'rollback',
  failed: 'fail',
  unavailable: 'fail',
  superseded: 'fail',
  held: 'held',
  declined: 'held',
  stopped: 'held',
} as const satisfies Record<Outcome, IconName>

// Where the meaning of an exit code, which is said of any command, says less than the word itself.
const plainWords: { readonly [O in Outcome]?: string } = { succeeded: '', stopped: ' safely' }

/** The last lines of a run: result, duration, release before → after, flag, rollbacks, report, next command. */
export function endLines(envelope: Envelope, theme: Theme): readonly string[] {
  const { outcome, exitCode, error, sandbox } = envelope
  const meaning = plainWords[outcome] ?? `: ${outcomeMeaning[outcome]}`
  const result = `${theme.icons[icons[outcome]]} ${outcome}${meaning} (exit ${exitCode})`
  const paint = outcome === 'succeeded' ? theme.paint.pass : theme.paint.fail
  const problem = error
    ? [
        ['error', `${safeText(error.message)} [${error.code}]`],
        ['hint', safeText(error.hint)],
      ]
    : []
  const rows = [
    ['result', paint(result)],
    ...problem,
    ...(isRunEnvelope(envelope) ? runRows(envelope, safeText(error?.message ?? '')) : []),
    ['next', theme.paint.strong(nextCommand(isOver(envelope) ? outcome : 'held', sandbox))],
  ]
  return table(rows.filter(([, text]) => text !== ''))
}

// Here and not beside the schema: the end of a run is printed without loading zod.
function isRunEnvelope(envelope: Envelope): envelope is RunEnvelope {
  return 'phases' in envelope
}

/** A step that succeeded is not the end of its launch. */
function isOver(envelope: Envelope): boolean {
  if (envelope.outcome !== 'succeeded' || !isRunEnvelope(envelope)) return true
  return envelope.phases.every(({ verdict }) => verdict !== null)
}

/** A rollback's reason is left out where the error has said it. */
function runRows(run: RunEnvelope, told: string): readonly (readonly string[])[] {
  const { release, flag, rollbacks, report } = run
  const latched = flag.latched ? ', latched off' : ''
  return [
    ['duration', formatDuration(run.durationMs)],
    ['release', releaseText(release, rollbacks)],
    ['flag', `${safeText(flag.key)} ${number(flag.percent)}%${latched}`],
    ...rollbacks.map(({ kind, outcome, by, reason }) => [
      'rollback',
      `${kind} ${rollbackOutcome[outcome]}; by ${who(by)}${told.includes(safeText(reason)) ? '' : `: ${safeText(reason)}`}`,
    ]),
    ['report', report === null ? '' : safeText(report)],
  ]
}

function releaseText({ id, previous }: RunEnvelope['release'], rollbacks: RunEnvelope['rollbacks']): string {
  if (id === null) return 'nothing was deployed'
  // Only a deploy that came to its end says what it replaced.
  if (previous === null && filesRestored(rollbacks)) return `${safeText(id)} was tried → files restored`
  const before = safeText(previous ?? 'none')
  return `${before} → ${safeText(id)}${filesRestored(rollbacks) ? ` → ${before} (files restored)` : ''}`
}

function filesRestored(rollbacks: RunEnvelope['rollbacks']): boolean {
  return rollbacks.some(({ kind, outcome }) => kind === 'full' && (outcome === 'restored' || outcome === 'degraded'))
}
