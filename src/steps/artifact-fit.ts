import picomatch from 'picomatch'
import { LaunchError } from '../core/errors.ts'
import { namedAssets } from '../core/named-assets.ts'
import type { Build } from '../core/plan.ts'
import type { FileEntry, Files } from '../core/ports.ts'

/** Pages that are looked into; a site of more is generated, and its pages are alike. */
const mostPages = 500

/**
 * Throws ARTIFACT_INVALID for files that must not be shipped: no index.html, source maps, more than the budget, a page that names
 * a file that is not there. Dotfiles, links and odd names are refused where files are read.
 */
export async function mustBeFit(build: Build, entries: readonly FileEntry[], files: Files): Promise<void> {
  const { output, budgetBytes } = build
  if (!entries.some((file) => file.path === 'index.html'))
    throw new LaunchError('ARTIFACT_INVALID', `${output} has no index.html`)
  const mayBeMap = globs(build.sourceMaps)
  const map = entries.find(({ path }) => path.endsWith('.map') && !mayBeMap(path))
  if (map)
    throw new LaunchError('ARTIFACT_INVALID', `${output} has source maps, ${map.path} for one`, {
      hint: 'turn source maps off for production, or name those that may be shipped in build.sourceMaps',
    })
  const bytes = entries.reduce((total, file) => total + file.bytes, 0)
  if (budgetBytes !== undefined && bytes > budgetBytes) {
    const [largest] = entries.toSorted((a, b) => b.bytes - a.bytes)
    throw new LaunchError(
      'ARTIFACT_INVALID',
      `${output} has ${bytes} bytes, its budget is ${budgetBytes}; the largest file is ${largest?.path} with ${largest?.bytes}`,
      { hint: 'find out what made it larger, or raise build.budget' },
    )
  }
  await mustNameWhatIsThere(build, entries, files)
}

async function mustNameWhatIsThere(build: Build, entries: readonly FileEntry[], files: Files): Promise<void> {
  const { output } = build
  const there = new Set(entries.map(({ path }) => path))
  const isElsewhere = globs(build.elsewhere)
  for (const { path } of entries.filter((entry) => /\.html?$/.test(entry.path)).slice(0, mostPages)) {
    const html = new TextDecoder().decode((await files.read(`${output}/${path}`)) ?? undefined)
    const gone = namedAssets(path, html).find((named) => !there.has(named) && !isElsewhere(named))
    if (gone !== undefined)
      throw new LaunchError('ARTIFACT_INVALID', `${path} names /${gone}, which is not in ${output}`, {
        hint: 'build again; when something else serves it, name it in build.elsewhere',
      })
  }
}

function globs(patterns: readonly string[] | undefined): (path: string) => boolean {
  return patterns && patterns.length > 0 ? picomatch([...patterns]) : () => false
}
