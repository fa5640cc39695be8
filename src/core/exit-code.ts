/** What the process tells its caller: the one table of exit codes, with the outcome word each one goes by. */
export const exitCodes = {
  succeeded: 0,
  bug: 1,
  invalid: 2,
  refused: 3,
  'rolled-back': 4,
  failed: 5,
  unavailable: 6,
  superseded: 7,
  held: 8,
  declined: 9,
  stopped: 130,
} as const

export type Outcome = keyof typeof exitCodes
export type ExitCode = (typeof exitCodes)[Outcome] | 143

/** One line per outcome, for `--help`, docs/exit-codes.md and the end of a run. */
export const outcomeMeaning = {
  succeeded: 'done, or nothing to do',
  bug: 'a bug in launch',
  invalid: 'usage or run sheet invalid, or no rollback target; nothing touched',
  refused: 'refused or failed before any change users see; a monitor saw a breach',
  'rolled-back': 'changed, failed, rolled back by this or another launch',
  failed: 'not restored or not confirmed: a human is needed',
  unavailable: 'credentials, permission or a service unreachable; nothing changed',
  superseded: 'another launch drives, superseded, latched, or a newer version of launch is needed',
  held: 'waiting for an approval, a hold or an answer; production is known and the launch can be resumed',
  declined: 'declined by the user',
  stopped: 'stopped safely by a signal (130 SIGINT, 143 SIGTERM)',
} as const satisfies Record<Outcome, string>
