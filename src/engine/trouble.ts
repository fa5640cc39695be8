import { LaunchError } from '../core/errors.ts'

/** What another try, or somebody else's hand, may help; what was thrown for good is not: a rollback that failed, a stop, another's turn. */
export function isTrouble(error: unknown): error is LaunchError {
  return error instanceof LaunchError && !['failed', 'superseded', 'stopped'].includes(error.outcome)
}
