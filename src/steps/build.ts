import { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import { artifactHash } from '../core/release.ts'
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
  repeatable: (plan) => plan.build?.idempotent ?? true,
  perform: (_spec, context, signal) => performBuild(context, signal),
})

/** Idempotent when the sheet says that the command is: it runs again after a crash, and the same source gives the same hash. */
async function performBuild({ plan, environment, ports }: StepContext, signal: AbortSignal): Promise<StepResult> {
  if (!plan.build)
    throw new LaunchError('BUILD_FAILED', 'the run sheet has no build section', { hint: 'add build: to the run sheet' })
  const { run, cwd, env, output, timeoutMs } = plan.build
  const result = await ports.exec.run(
    { argv: run, cwd, env: { ...ports.childEnv(environment.name), ...env }, timeoutMs, onLine: ports.log },
    signal,
  )
  if (result.timedOut)
    throw new LaunchError('BUILD_FAILED', `${run.join(' ')} did not end within its time`, {
      hint: 'raise build.timeout',
    })
  if (result.exitCode !== 0) {
    throw new LaunchError('BUILD_FAILED', `${run.join(' ')} exited ${result.exitCode}: ${tellingLine(result.tail)}`, {
      hint: `cd ${cwd} && npm install, then launch build`,
    })
  }
  const files = await ports.files.tree(output)
  if (!files.some((file) => file.path === 'index.html'))
    throw new LaunchError('ARTIFACT_INVALID', `${output} has no index.html`)
  const maps = files.filter((file) => file.path.endsWith('.map'))
  if (maps.length > 0)
    throw new LaunchError('ARTIFACT_INVALID', `${output} has source maps, ${maps[0]?.path} for one`, {
      hint: 'turn source maps off for production',
    })
  const hash = artifactHash(files)
  const bytes = files.reduce((total, file) => total + file.bytes, 0)
  return {
    summary: `${files.length} files, ${(bytes / 1024).toFixed(0)} KiB, artifact ${hash.slice(0, 12)}`,
    output: { artifact: { hash, files: files.length, bytes, manifest: output } },
  }
}
