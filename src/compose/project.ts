import { access, cp } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Sha256 } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Plan } from '../core/plan.ts'
import { planHash } from '../core/plan-hash.ts'
import { projectFiles } from '../host/files.ts'
import type { Placeholder } from '../runsheet/placeholders.ts'
import type { GlobalOptions } from './options.ts'

export type Project = {
  /** The folder the run sheet's paths are relative to. */
  readonly root: string
  /** The run sheet's path in it. */
  readonly runsheet: string
  /** What is left to fill in there. */
  readonly placeholders: readonly Placeholder[]
  /** What is wrong with it though it holds together, each with its place. */
  readonly warnings: readonly string[]
  readonly plan: Plan
  readonly hash: Sha256
  /** `state:` of the run sheet. */
  readonly state: string
  /** Every place this command may remember launches in: the sheet's, and what --state says. */
  readonly states: readonly string[]
}

/**
 * Reads the run sheet of a project and makes its plan. In the sandbox, a folder without a run sheet gets the example that
 * comes with launch, copied below `.launch/sandbox/example`.
 *
 * Throws LaunchError RUNSHEET_NOT_FOUND, RUNSHEET_SYNTAX, RUNSHEET_INVALID, USAGE for an environment it does not have.
 */
export async function openProject(
  options: GlobalOptions,
  env: { readonly [name: string]: string | undefined },
): Promise<Project> {
  const [{ openSheet }, { compilePlan }, { looserLimits }] = await Promise.all([
    import('../runsheet/load.ts'),
    import('../runsheet/compile.ts'),
    import('../runsheet/looser-limits.ts'),
  ])
  const path = resolve(options.cwd, options.runsheet)
  const isThere = await exists(path)
  const root =
    !isThere && options.scenario !== null && options.runsheet === 'runsheet.yaml'
      ? await copyExample(options.cwd)
      : dirname(path)
  const name = isThere ? path.slice(dirname(path).length + 1) : 'runsheet.yaml'
  const runsheet = isThere || root !== dirname(path) ? name : options.runsheet
  const loaded = await openSheet(projectFiles(root), runsheet, env)
  const plan = compilePlan(loaded)
  mustKnow(options.env, plan)
  const { state } = loaded.sheet
  const states = options.state === null ? [state] : [state, options.state]
  const { placeholders } = loaded
  const warnings = looserLimits(plan, loaded)
  return { root, runsheet, placeholders, warnings, plan, hash: planHash(plan), state, states }
}

/** Found out before anything is opened or made. */
function mustKnow(environment: string, plan: Plan): void {
  if (Object.hasOwn(plan.environments, environment)) return
  throw new LaunchError('USAGE', `the run sheet has no environment "${environment}"`, {
    hint: `it has ${Object.keys(plan.environments).join(', ')}`,
  })
}

async function copyExample(cwd: string): Promise<string> {
  const target = join(cwd, '.launch', 'sandbox', 'example')
  const source = await packageRoot(dirname(fileURLToPath(import.meta.url)))
  for (const part of ['runsheet.yaml', join('examples', 'statusboard')]) {
    const skip = (from: string) => !from.slice(source.length).split('/').includes('node_modules')
    await cp(join(source, part), join(target, part), { recursive: true, filter: skip })
  }
  return target
}

/** The folder of the installed package: where its run sheet is. */
async function packageRoot(from: string): Promise<string> {
  for (let folder = from; ; folder = dirname(folder)) {
    if (await exists(join(folder, 'runsheet.yaml'))) return folder
    if (folder === dirname(folder)) throw new Error(`no run sheet above ${from}`)
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
