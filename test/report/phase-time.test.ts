import { expect, test } from 'vitest'
import { phaseTime } from '../../src/report/phase-time.ts'
import { plan } from '../support/core-launch.ts'

const [phase] = plan.phases
const at = (planned: string | null, opens: string | null, timezone = 'America/Chicago') =>
  phase &&
  phaseTime(
    {
      ...plan,
      window:
        opens === null ? null : { opensAt: Date.parse(opens), closesAt: Date.parse(opens) + 10_800_000, timezone },
    },
    { ...phase, at: planned },
  )

test.each([
  // Six in the evening in Chicago, in winter.
  ['T-45', '2026-12-02T00:00:00Z', 'T-45, 17:15 America/Chicago'],
  ['T+20', '2026-12-02T00:00:00Z', 'T+20, 18:20 America/Chicago'],
  // Five past midnight minus ten minutes is the day before.
  ['T-10', '2026-12-02T06:05:00Z', 'T-10, 2026-12-01 23:55 America/Chicago'],
  // 2026-03-08 02:00 does not exist there: the clocks go from 02:00 to 03:00.
  ['T-30', '2026-03-08T08:10:00Z', 'T-30, 01:40 America/Chicago'],
  ['T-45', null, 'T-45'],
  [null, '2026-12-02T00:00:00Z', null],
])('a phase planned at %s with a window that opens at %s is at %s', (planned, opens, shown) => {
  expect(at(planned, opens)).toBe(shown)
})
