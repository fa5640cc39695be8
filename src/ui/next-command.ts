import type { Outcome } from '../core/exit-code.ts'

const commands = {
  succeeded: 'launch archive',
  bug: 'launch status',
  invalid: 'launch plan',
  refused: 'launch explain',
  'rolled-back': 'launch report',
  failed: 'launch rollback validate',
  unavailable: 'launch validate',
  superseded: 'launch status',
  held: 'launch status',
  declined: 'launch resume',
  stopped: 'launch resume',
} as const satisfies Record<Outcome, string>

/** The command that helps most after a run ended like this. */
export function nextCommand(outcome: Outcome, sandbox: boolean): string {
  return `${commands[outcome]}${sandbox ? ' --sandbox' : ''}`
}
