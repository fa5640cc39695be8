import { z } from 'zod'
import { isoTime } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { FlagReading } from '../core/flag.ts'
import { defineStep, type StepContext, type StepResult } from '../core/step.ts'
import { formatDuration } from '../core/units.ts'
import { readLive } from './releases.ts'
import { settingsOf } from './settings.ts'

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
  const live = await readLive(objects, signal)
  const target = live ? `rollback goes to ${live.manifest.id}` : 'the site of today becomes release zero'
  const store = ports.flag(environment.name)
  const flag = await store.read(signal)
  if (flag.status === 'malformed')
    throw new LaunchError('STEP_FAILED', `the flag ${plan.flag.key} cannot be understood: ${flag.why}`, {
      hint: `look at ${store.location}`,
    })
  const { name } = environment
  const { errorPages, openBucket } = plan.deploy ?? {}
  const [pages, bucket] = await Promise.all([
    settingsOf(
      { of: 'the distribution', named: 'the error pages', environment: name, refuses: errorPages === 'refuse' },
      'send only paths without an extension to the page, with a viewer-request function; or deploy.errorPages: warn',
      async () => ports.cdn(name)?.traps?.(signal),
      signal,
    ),
    settingsOf(
      { of: 'the bucket', named: 'the access settings', environment: name, refuses: openBucket === 'refuse' },
      'CloudFront reads a private bucket by origin access control; or deploy.openBucket: warn',
      async () => objects.openings?.(signal),
      signal,
    ),
  ])
  const reaches = `a change of it reaches users within ${formatDuration(store.propagationMs)}`
  return { summary: `${staging}; ${target}; flag ${describe(flag)}, ${reaches}${pages}${bucket}`, output: {} }
}

function describe(reading: FlagReading): string {
  if (reading.status !== 'present') return 'off (no document yet)'
  const { percent, latched, updatedAt, updatedBy } = reading.flag
  return latched ? `off, latched at ${isoTime(updatedAt)} by ${updatedBy}` : `${percent} %`
}
