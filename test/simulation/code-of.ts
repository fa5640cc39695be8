import { LaunchError } from '../../src/core/errors.ts'
import type { World } from './world.ts'

/** I0: nothing else is thrown, and nobody writes what cannot be read. Gives the code. */
export function codeOf(world: World, error: unknown): string {
  if (!(error instanceof LaunchError))
    world.found('I0', `a bug: ${error instanceof Error ? error.stack : String(error)}`)
  else if (error.code === 'JOURNAL_CORRUPT') world.found('I0', error.message)
  return error instanceof LaunchError ? error.code : 'bug'
}
