import { messageOf } from '../core/errors.ts'
import { missing, seen, type EvidenceByNeed, type Finding } from '../core/evidence.ts'
import type { Plan } from '../core/plan.ts'
import type { Files } from '../core/ports.ts'
import { artifactHash } from '../core/release.ts'
import type { LaunchState } from '../core/state.ts'

/** What stands in the build output now, and what is wrong with it. */
export async function artifactEvidence(
  plan: Plan,
  state: LaunchState,
  ports: { readonly files: Pick<Files, 'tree' | 'read'> },
  texts: readonly string[] = [],
): Promise<Finding<EvidenceByNeed['artifact']>> {
  if (!plan.build) return missing('the run sheet has no build section')
  if (!state.artifact) return missing('nothing has been built in this launch')
  const problems: string[] = []
  let files: Awaited<ReturnType<Files['tree']>> = []
  try {
    files = await ports.files.tree(plan.build.output)
  } catch (error) {
    problems.push(messageOf(error))
  }
  const hash = artifactHash(files)
  if (!files.some((file) => file.path === 'index.html')) problems.push('there is no index.html')
  if (problems.length === 0 && hash !== state.artifact.hash)
    problems.push(
      `the files changed since they were built: ${hash.slice(0, 12)} is not ${state.artifact.hash.slice(0, 12)}`,
    )
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  const built = { hash, files: files.length, bytes, problems, buildEnv: plan.build.env }
  if (texts.length === 0) return seen(built)
  const paths = files.map(({ path }) => path)
  return seen({ ...built, holds: await holders(texts, paths, plan.build.output, ports.files) })
}

/** The first file that holds each text, byte for byte; null where none does. */
async function holders(
  texts: readonly string[],
  paths: readonly string[],
  folder: string,
  files: Pick<Files, 'read'>,
): Promise<{ readonly [text: string]: string | null }> {
  const found = new Map<string, string | null>(texts.map((text) => [text, null]))
  for (const path of paths) {
    const missing = [...found].filter(([, holder]) => holder === null).map(([text]) => text)
    if (missing.length === 0) break
    const bytes = Buffer.from((await files.read(`${folder}/${path}`)) ?? [])
    for (const text of missing) if (bytes.includes(text)) found.set(text, path)
  }
  return Object.fromEntries(found)
}
