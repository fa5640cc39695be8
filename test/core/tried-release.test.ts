import { expect, test } from 'vitest'
import type { Happening } from '../../src/core/event.ts'
import { triedRelease } from '../../src/core/tried-release.ts'
import { artifact, begun, deployed, plan, stateOf } from '../support/core-launch.ts'

const begin: Happening = { type: 'step-intended', step: 'rollout/deploy', attempt: 'a' }
const broke = (code: string): Happening => ({
  type: 'step-failed',
  step: 'rollout/deploy',
  attempt: 'a',
  code,
  message: '',
  hint: '',
  ms: 1,
})
const tried = (...told: readonly Happening[]) =>
  triedRelease(plan, stateOf(begun(...told).events), 'production')?.id ?? null
const id = `r-${'a'.repeat(12)}`

test('is the release whose production deploy was begun and did not end well', () => {
  expect(tried(artifact, begin)).toBe(id)
  expect(tried(artifact, begin, broke('DEPLOY_BROKEN'))).toBe(id)
})

test('is none before, after one that ended well, or when the deploy was refused before it changed anything', () => {
  expect(tried(artifact)).toBeNull()
  expect(tried(begin)).toBeNull()
  expect(tried(artifact, begin, deployed('production', 'rollout/deploy'))).toBeNull()
  expect(tried(artifact, begin, broke('LATCHED'))).toBeNull()
  expect(tried(artifact, begin, broke('no code of ours'))).toBeNull()
  expect(tried(artifact, { ...begin, step: 'staging/deploy' })).toBeNull()
})
