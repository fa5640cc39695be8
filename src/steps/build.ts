import { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import type { Build } from '../core/plan.ts'
import { artifactHash } from '../core/release.ts'
import { isSecretName } from '../core/secret-name.ts'
import { mustBeFit } from './artifact-fit.ts'
import { tellingLine } from '../core/telling-line.ts'
import { defineStep, type StepContext, type StepResult } from '../core/step.ts'

export const build = defineStep({
  kind: 'build',
  about: 'runs build.run and takes the files of build.output as the artifact of this launch',
  example: 'build',
  spec: z.undefined(),
  changes: () => 'nothing',
  environment: (_spec, phaseEnvironment) => phaseEnvironment,
  plannedMs: () => 60_000,
  title: () => 'build the artifact',
  repeatable: (plan) => plan.build === null || plan.build.idempotent || plan.build.probe !== undefined,
  perform: (_spec, context, signal) => performBuild(context, signal),
})

/** Idempotent when the sheet says that the command is: it runs again after a crash, and the same source gives the same hash. */
async function performBuild(context: StepContext, signal: AbortSignal): Promise<StepResult> {
  const { build } = context.plan
  if (!build)
    throw new LaunchError('BUILD_FAILED', 'the run sheet has no build section', { hint: 'add build: to the run sheet' })
  if (!(await didRun(build, context, signal))) await runBuild(build, context, signal)
  return takeUp(build, context)
}

/** Whether an attempt before this one had come to its end: a person said so, or the sheet's probe does. */
async function didRun(build: Build, context: StepContext, signal: AbortSignal): Promise<boolean> {
  const begun = context.state.steps[context.step.id]
  if (begun?.status !== 'intended') return false
  if (begun.resolved === 'run') return true
  if (begun.after !== 'interrupted' || build.idempotent || !build.probe) return false
  const probed = await execute(build.probe, build, context, signal)
  if (probed.timedOut)
    throw new LaunchError('HELD', `${build.probe.join(' ')} did not say in time whether the build had run`, {
      hint: 'mend build.probe, then launch resume asks it again',
    })
  return probed.exitCode === 0
}

async function execute(
  argv: readonly string[],
  build: Build,
  { environment, ports }: StepContext,
  signal: AbortSignal,
) {
  const { cwd, env, timeoutMs } = build
  return ports.exec.run(
    { argv, cwd, env: { ...ports.childEnv(environment.name), ...env }, timeoutMs, onLine: ports.log },
    signal,
  )
}

async function runBuild(build: Build, context: StepContext, signal: AbortSignal): Promise<void> {
  const { run, cwd } = build
  context.ports.progress?.(`runs ${shown(build)}`)
  const result = await execute(run, build, context, signal)
  if (result.timedOut)
    throw new LaunchError('BUILD_FAILED', `${run.join(' ')} did not end within its time`, {
      hint: 'raise build.timeout',
    })
  if (result.exitCode !== 0) {
    throw new LaunchError('BUILD_FAILED', `${run.join(' ')} exited ${result.exitCode}: ${tellingLine(result.tail)}`, {
      hint: `launch build --verbose prints all it says; ${cwd === '.' ? '' : `cd ${cwd} && `}npm install where a package is missing`,
    })
  }
}

/** `VITE_BOARD=false npm run build in web`: with the environment it is given, for whoever wonders what went into the artifact. */
function shown({ run, env, cwd }: Build): string {
  const given = Object.entries(env).map(([name, value]) => `${name}=${isSecretName(name) ? '***' : value}`)
  return `${[...given, ...run].join(' ')}${cwd === '.' ? '' : ` in ${cwd}`}`
}

/** The files of the output folder as the artifact of this launch. */
async function takeUp(build: Build, { ports }: StepContext): Promise<StepResult> {
  const { output } = build
  const files = await ports.files.tree(output)
  await mustBeFit(build, files, ports.files)
  const hash = artifactHash(files)
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  return {
    summary: `${files.length} files, ${(bytes / 1024).toFixed(0)} KiB, artifact ${hash.slice(0, 12)}`,
    output: { artifact: { hash, files: files.length, bytes, manifest: output } },
  }
}
