import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineStep } from '../../src/core/step.ts'
import { plan } from '../support/core-launch.ts'

const nap = defineStep({
  kind: 'nap',
  about: '',
  example: 'nap',
  spec: z.number(),
  changes: () => 'nothing',
  environment: (_spec, phase) => phase,
  plannedMs: (spec) => spec,
  title: (spec, environment) => `nap ${spec} in ${environment}`,
})

test('a step kind hands its own spec to its own functions, and may be repeated unless it says otherwise', () => {
  expect([
    nap.title(5, 'staging'),
    nap.plannedMs(5),
    nap.environment(5, 'staging'),
    nap.gate(5),
    nap.next,
    nap.perform,
  ]).toEqual(['nap 5 in staging', 5, 'staging', null, null, null])
  expect(nap.repeatable(plan)).toBe(true)
  expect(
    defineStep({ ...nap, spec: z.number(), gate: () => null, repeatable: () => false } as never).repeatable(plan),
  ).toBe(false)
})
