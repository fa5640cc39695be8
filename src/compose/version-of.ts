import type { EvidenceByNeed } from '../core/evidence.ts'
import type { Plan } from '../core/plan.ts'
import type { Files } from '../core/ports.ts'

/** What a release is called: its tag, else the version in package.json of what is built, else the commit. */
export async function versionOf(facts: EvidenceByNeed['git'], plan: Plan, files: Files): Promise<string> {
  const [tag] = facts.tags
  if (tag !== undefined) return tag
  const packageJson =
    plan.build && (await files.read(`${plan.build.cwd}/package.json`.replace(/^\.\//, '')).catch(() => null))
  if (!packageJson) return facts.commit.slice(0, 10)
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(packageJson))
    if (typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string')
      return parsed.version
  } catch {
    // A package.json that is not JSON is the build's problem, not the name's.
  }
  return facts.commit.slice(0, 10)
}
