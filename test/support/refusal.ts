import { LaunchError } from '../../src/core/errors.ts'
import { loadSheet } from '../../src/runsheet/load.ts'

/** The error a run sheet is refused with; fails when it is accepted or when something else is thrown. */
export function refusal(text: string, variables: Record<string, string> = {}): LaunchError {
  try {
    loadSheet(text, 'runsheet.yaml', variables)
  } catch (error) {
    if (error instanceof LaunchError) return error
    throw error
  }
  throw new Error('the sheet was accepted')
}
