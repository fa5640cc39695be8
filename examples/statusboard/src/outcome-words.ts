import { columnTitle } from './appointment.ts'
import type { MoveOutcome } from './board-model.ts'

export type Words =
  | { readonly kind: 'status'; readonly text: string }
  | { readonly kind: 'alert'; readonly title: string; readonly text: string }

/** What the user is told about a move. */
export function outcomeWords(outcome: MoveOutcome): Words {
  switch (outcome.type) {
    case 'saved':
      return {
        kind: 'status',
        text: `${outcome.appointment.patient} is now in ${columnTitle[outcome.appointment.column]}`,
      }
    case 'conflict': {
      const { patient, column } = outcome.current
      const now = `${patient} was changed by someone else and is now in ${columnTitle[column]}.`
      const yours =
        column === outcome.wanted
          ? 'That is where you wanted it.'
          : `Your move to ${columnTitle[outcome.wanted]} was not saved.`
      return { kind: 'alert', title: 'Someone else changed this first', text: `${now} ${yours}` }
    }
    case 'gone':
      return {
        kind: 'alert',
        title: 'This appointment is gone',
        text: `${outcome.appointment.patient} was taken off the board by someone else.`,
      }
    case 'failed': {
      const { patient, column } = outcome.appointment
      return {
        kind: 'alert',
        title: 'The move was not saved',
        text: `${patient} is back in ${columnTitle[column]}: the server did not take the move to ${columnTitle[outcome.wanted]}. Try again.`,
      }
    }
  }
}
