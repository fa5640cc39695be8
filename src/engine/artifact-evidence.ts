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
  ports: { readonly files: Files },
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
  return seen({ hash, files: files.length, bytes, problems, buildEnv: plan.build.env })
}
