import { z } from 'zod'
import { LaunchError } from '../core/errors.ts'
import { tellingLine } from '../core/telling-line.ts'
import { defineStep, type StepContext, type StepResult } from '../core/step.ts'

export const smoke = defineStep({
  kind: 'smoke',
  about: 'asks every health address of an environment and runs the smoke command of the run sheet against it',
  example: '{ smoke: staging }',
  spec: z.string().describe('name of an environment'),
  changes: () => 'nothing',
  environment: (spec) => spec,
  plannedMs: () => 60_000,
  title: (_spec, environment) => `smoke test ${environment}`,
  perform: (_spec, context, signal) => performSmoke(context, signal),
})

const requestTimeoutMs = 10_000

async function performSmoke({ plan, environment, ports }: StepContext, signal: AbortSignal): Promise<StepResult> {
  for (const path of environment.health) {
    const { status } = await ports.http.get(`${environment.url}${path}`, { timeoutMs: requestTimeoutMs }, signal)
    if (status !== 200) throw new LaunchError('STEP_FAILED', `${environment.url}${path} answers ${status}`)
  }
  const { length } = environment.health
  const healthy = length === 1 ? 'the health address answers 200' : `${length} health addresses answer 200`
  if (!plan.smoke) return { summary: healthy, output: {} }
  const { run, cwd, timeoutMs } = plan.smoke
  const result = await ports.exec.run(
    { argv: run, cwd, env: ports.childEnv(environment.name), timeoutMs, onLine: ports.log },
    signal,
  )
  const last = result.tail.trimEnd().split('\n').at(-1) ?? ''
  if (result.timedOut || result.exitCode !== 0) {
    throw new LaunchError(
      'STEP_FAILED',
      `the smoke test of ${environment.name} ${result.timedOut ? 'did not end in time' : `exited ${result.exitCode}`}: ${tellingLine(result.tail)}`,
    )
  }
  return { summary: `${healthy}; ${last}`, output: {} }
}
