import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import { Percent } from '../core/fields.ts'
import type { FlagReading } from '../core/flag.ts'
import { fail, pass, unknown, type Judgement } from '../core/verdict.ts'

export const flag = defineCheck({
  kind: 'flag',
  about:
    'the feature flag says what it should, in its store and as users get it through the CDN; a flag that is not there is off',
  example: '{ kind: flag, default: off }',
  hint: 'feature flag not updating: verify that the flag service can be reached and its cache is invalidated; latched means that a rollback turned it off',
  shape: {
    percent: Percent.optional().describe('share of users who must get the new version: 0%, 100%'),
    default: z.literal('off').optional().describe('off: nobody gets the new version; the same as percent: 0%'),
  },
  problem: (check) => {
    if (check.percent === undefined && check.default === undefined)
      return 'a flag check needs percent: 100% or default: off'
    return check.percent !== undefined && check.default !== undefined && check.percent !== 0
      ? 'default: off and a percent above 0% contradict each other'
      : null
  },
  title: (check) => (check.default === 'off' ? 'flag off' : `flag at ${check.percent ?? 0}%`),
  needs: () => [{ need: 'flag' }],
  judge: (check, look) => {
    const readings = look.see({ need: 'flag' })
    if (readings.status === 'missing') return unknown(readings.why)
    const expected = check.percent ?? 0
    const { store, edge } = readings.value
    const inStore = judgeReading('the store', store, expected)
    if (inStore.verdict !== 'pass') return inStore
    if (edge === null) return { ...inStore, why: `${inStore.why}; no edge to read` }
    const atEdge = judgeReading('the edge', edge, expected)
    if (atEdge.verdict === 'pass') return { ...inStore, samples: 2, why: `${inStore.why}; ${atEdge.why}` }
    // The store is right, so an edge that is not has yet to follow.
    return { ...atEdge, verdict: 'unknown', samples: 2, why: `${atEdge.why}; ${inStore.why}` }
  },
})

function judgeReading(where: string, reading: FlagReading, expected: number): Judgement {
  if (reading.status === 'malformed') return unknown(`${where} holds something that is no flag: ${reading.why}`)
  const percent = reading.status === 'present' ? reading.flag.percent : 0
  const latched = reading.status === 'present' && reading.flag.latched
  const found = { observed: percent, limit: expected, unit: 'percent', samples: 1 }
  if (latched && expected !== 0) return fail(`${where} is latched off by a rollback`, found)
  const says = reading.status === 'absent' ? `${where} has no flag yet, which is off` : `${where} says ${percent}%`
  return percent === expected ? pass(says, found) : fail(`${says}, not ${expected}%`, found)
}
