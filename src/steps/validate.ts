import { z } from 'zod'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { Cdn } from '../core/ports.ts'
import { defineStep, type StepContext, type StepResult } from '../core/step.ts'
import { readCurrent, readManifest } from './releases.ts'

export const validate = defineStep({
  kind: 'validate',
  about:
    'makes sure that this artifact can be deployed and rolled back: the staged files, the rollback target, the flag',
  example: 'validate',
  spec: z.undefined(),
  changes: () => 'nothing',
  environment: (_spec, phaseEnvironment) => phaseEnvironment,
  plannedMs: () => 30_000,
  title: (_spec, environment) => `validate ${environment}`,
  perform: (_spec, context, signal) => performValidate(context, signal),
})

async function performValidate(
  { plan, state, environment, ports }: StepContext,
  signal: AbortSignal,
): Promise<StepResult> {
  const staged = Object.values(state.deployments).find((deployment) => deployment.artifact === state.artifact?.hash)
  const staging = staged ? `${staged.release.id} is the artifact that was staged` : 'not staged yet'
  const objects = ports.objects(environment.name)
  const live = await readCurrent(objects, signal)
  const target = live
    ? `rollback goes to ${(await readManifest(objects, live.current.release, signal)).id}`
    : 'the site of today becomes release zero'
  const flag = await ports.flag(environment.name).read(signal)
  if (flag.status === 'malformed')
    throw new LaunchError('STEP_FAILED', `the flag ${plan.flag.key} cannot be understood: ${flag.why}`, {
      hint: `look at ${ports.flag(environment.name).location}`,
    })
  const pages = await errorPages(environment.name, { plan, ports }, signal)
  return { summary: `${staging}; ${target}; flag ${describe(flag)}${pages}`, output: {} }
}

/** Error pages and kept errors of the distribution: said, or refused where the sheet wants that. */
async function errorPages(
  environment: string,
  { plan, ports }: Pick<StepContext, 'plan' | 'ports'>,
  signal: AbortSignal,
): Promise<string> {
  const refuses = plan.deploy?.errorPages === 'refuse'
  const found = await trapsOf(ports.cdn(environment), signal)
  if (found.traps.length > 0 && refuses)
    throw new LaunchError('STEP_FAILED', `the distribution of ${environment} ${found.traps.join('; ')}`, {
      hint: 'send only paths without an extension to the page, with a viewer-request function; or deploy.errorPages: warn',
    })
  if (found.why !== null && refuses)
    throw new LaunchError('STEP_FAILED', `the error pages of ${environment} cannot be read: ${found.why}`)
  if (found.why !== null) return `; warning: the error pages cannot be read: ${found.why}`
  return found.traps.map((text) => `; warning: the distribution ${text}`).join('')
}

/** A distribution that cannot be read stops no validation by itself: its rights are a check of their own. */
async function trapsOf(cdn: Cdn | null, signal: AbortSignal) {
  try {
    return { traps: (await cdn?.traps?.(signal)) ?? [], why: null }
  } catch (error) {
    signal.throwIfAborted()
    return { traps: [], why: messageOf(error) }
  }
}

function describe(flag: Awaited<ReturnType<ReturnType<StepContext['ports']['flag']>['read']>>): string {
  if (flag.status !== 'present') return 'off (no document yet)'
  return flag.flag.latched ? 'off, latched' : `${flag.flag.percent} %`
}
