import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { Plan } from '../../src/core/plan.ts'
import { plannedDuration } from '../../src/report/planned-duration.ts'
import { plan } from '../support/core-launch.ts'
import { describeStep } from '../support/views.ts'

const opensAt = Date.parse('2026-12-01T18:00:00Z')
const minute = 60_000
const window = { opensAt, closesAt: opensAt + 180 * minute, timezone: 'UTC' }
const planned = (openedAt: number, sheet: Plan = { ...plan, window }) =>
  plannedDuration(sheet, epochMs(openedAt), describeStep) - plan.plannedMs

test('a launch that begins early was to wait for its window; what it does before goes on meanwhile', () => {
  // build 1 m, deploy to staging 2 m, smoke 1 m and validate 30 s come before the first change of production.
  expect(planned(opensAt - 30 * minute)).toBe(25.5 * minute)
  expect(planned(opensAt - 4 * minute)).toBe(0)
  expect(planned(opensAt + minute)).toBe(0)
  expect(planned(opensAt - 30 * minute, plan)).toBe(0)
})
