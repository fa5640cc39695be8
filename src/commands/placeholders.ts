import type { Project } from '../compose/project.ts'
import type { Context } from '../context.ts'

/** A sheet that is nothing but marks must not fill the screen. */
const shown = 20

/** One line about what a run sheet leaves to fill in; null when nothing is left. */
export function placeholderLine({ runsheet, placeholders }: Pick<Project, 'runsheet' | 'placeholders'>): string | null {
  if (placeholders.length === 0) return null
  const lines = placeholders.slice(0, shown).map(({ line }) => line)
  const rest = placeholders.length - lines.length
  const more = rest === 0 ? '' : ` and ${rest} more`
  const where = `${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}${more}`
  return `${runsheet} still has placeholders, marked TODO: ${where}; outside the sandbox launch auto refuses them`
}

/**
 * Says so before a launch begins. Throws RUNSHEET_INVALID where a whole launch would go to real environments that are only made
 * up: before anybody is asked to agree to it.
 */
export async function lookAtPlaceholders(context: Context, project: Project, whole: boolean): Promise<void> {
  const line = placeholderLine(project)
  if (line === null) return
  if (whole && !context.isSandbox) {
    const { placeholderError } = await import('../runsheet/placeholders.ts')
    throw placeholderError(project.runsheet, project.placeholders)
  }
  const { err } = context.output
  if (!context.options.quiet) err.write(err.theme.encode(`${err.theme.icons.unknown} ${line}\n`))
}
