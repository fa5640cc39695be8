import { isAbsolute, join, relative, resolve, sep } from 'node:path'
import { LaunchError } from '../core/errors.ts'

/** A ULID, as every launch is called by: what the journal says may be another text, with a way out of the folder in it. */
const launchIds = /^[0-9A-HJKMNP-TV-Z]{26}$/

/** Where the file of a launch lies in a folder: `01KB7….md`. Throws JOURNAL_CORRUPT for an id that no launch can have. */
export function launchFile(folder: string, id: string, ending: string): string {
  if (launchIds.test(id)) return join(folder, `${id}${ending}`)
  throw new LaunchError('JOURNAL_CORRUPT', `the journal calls its launch "${id}", which is no id of a launch`)
}

/**
 * A folder that a stored plan names, below the run sheet's own. Throws JOURNAL_CORRUPT for one that lies elsewhere: no run sheet
 * with it is accepted.
 */
export function projectFolder(root: string, path: string): string {
  const folder = resolve(root, path)
  const below = relative(root, folder)
  if (below !== '..' && !below.startsWith(`..${sep}`) && !isAbsolute(below)) return folder
  throw new LaunchError('JOURNAL_CORRUPT', `the stored plan writes reports to "${path}", which is outside ${root}`, {
    hint: 'launch report -o <file> writes the report where you say',
  })
}
