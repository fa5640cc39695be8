import type { Project } from '../compose/project.ts'
import type { Context } from '../context.ts'

/** Says on the second stream what is wrong with a run sheet that holds together: it changes no verdict and no exit code. */
export function sayWarnings(context: Context, { warnings }: Pick<Project, 'warnings'>): void {
  const { err } = context.output
  if (context.options.quiet) return
  for (const line of warnings) err.write(err.theme.encode(`${err.theme.icons.unknown} ${line}\n`))
}
