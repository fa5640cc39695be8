import type { Project } from '../compose/project.ts'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'

/**
 * The project, for a command somebody on call needs at once. Throws what reading the run sheet throws; where that is missing or
 * broken, with the rollback that works without it.
 */
export async function sheetOnCall(context: Context): Promise<Project> {
  try {
    return await context.project()
  } catch (error) {
    if (!(error instanceof LaunchError) || !error.code.startsWith('RUNSHEET_')) throw error
    const mend = error.code === 'RUNSHEET_NOT_FOUND' ? 'work in its folder (-C), or name it (--runsheet)' : error.hint
    throw new LaunchError(error.code, error.message, {
      hint: `${mend}; launch rollback emergency turns the flag off without it: --flag s3://bucket/key --region us-east-1 names the document where nothing else does`,
      cause: error,
      ...(error.at ? { at: error.at } : {}),
    })
  }
}
