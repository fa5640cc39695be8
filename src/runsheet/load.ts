import { LaunchError } from '../core/errors.ts'
import type { Files } from '../core/ports.ts'
import { runsheetError } from './diagnostics.ts'
import { interpolate, type Variables } from './interpolate.ts'
import { issueMessage } from './issue-message.ts'
import { issueDiagnostics } from './issues.ts'
import { placeholdersOf, type Placeholder } from './placeholders.ts'
import { referenceProblems } from './references.ts'
import { RunSheet } from './schema.ts'
import { secretProblems } from './secret-problems.ts'
import { readYaml, type YamlSource } from './yaml-source.ts'

/** A run sheet that holds together, and where everything in it is written. */
export type LoadedSheet = {
  readonly sheet: RunSheet
  readonly source: YamlSource
  /** What `launch init` left to fill in. */
  readonly placeholders: readonly Placeholder[]
}

/**
 * Reads a run sheet from its text. `file` is the name shown in messages, `variables` fill `${env:NAME}`.
 * Throws LaunchError RUNSHEET_SYNTAX or RUNSHEET_INVALID with every mistake at once, the first position in `at`.
 */
export function loadSheet(text: string, file: string, variables: Variables): LoadedSheet {
  const source = readYaml(text, file)
  const filled = interpolate(source, variables)
  const read = RunSheet.safeParse(filled.value, { error: issueMessage })
  const problems = [...filled.problems, ...secretProblems(source)]
  // What else is wrong with a value that was refused as a placeholder or a secret would be noise.
  const holes = new Set(problems.map(({ at }) => `${at.line}:${at.col}`))
  const issues = [
    ...(read.success ? [] : issueDiagnostics(read.error.issues, source)),
    ...referenceProblems(filled.value, source),
  ]
  const all = [...problems, ...issues.filter(({ at }) => !holes.has(`${at.line}:${at.col}`))]
  if (all.length > 0 || !read.success) throw runsheetError('RUNSHEET_INVALID', all)
  return { sheet: read.data, source, placeholders: placeholdersOf(text) }
}

/** Reads the run sheet of a project. Throws LaunchError RUNSHEET_NOT_FOUND, or what loadSheet throws. */
export async function openSheet(files: Pick<Files, 'read'>, path: string, variables: Variables): Promise<LoadedSheet> {
  const bytes = await files.read(path)
  if (bytes === null) throw new LaunchError('RUNSHEET_NOT_FOUND', `there is no run sheet at "${path}"`)
  return loadSheet(new TextDecoder().decode(bytes), path, variables)
}
