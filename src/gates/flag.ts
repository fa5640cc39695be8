import { z } from 'zod'
import { defineCheck } from '../core/check.ts'
import { Percent } from '../core/fields.ts'
import { audienceText } from '../core/audience.ts'
import type { EvidenceByNeed } from '../core/evidence.ts'
import type { FlagReading, FlagState } from '../core/flag.ts'
import { formatDuration } from '../core/units.ts'
import { fail, pass, unknown, type Judgement } from '../core/verdict.ts'

export const flag = defineCheck({
  kind: 'flag',
  about:
    'the feature flag says what it should, in its store and as users get it through the CDN; a flag that is not there is off',
  example: '{ kind: flag, default: off }',
  hint: 'feature flag not updating: verify that the flag service can be reached and its cache is invalidated; latched means that a rollback turned it off; a change that takes too long: compare the cache headers with the ttl of flag.store',
  shape: {
    percent: Percent.optional().describe('share of users who must get the new version: 0%, 100%'),
    default: z.literal('off').optional().describe('off: nobody gets the new version; the same as percent: 0%'),
    propagation: z
      .literal('in-budget')
      .optional()
      .describe(
        'in-budget: every change of this launch reached users as fast as the store says; a check with a percent looks at that, too',
      ),
  },
  problem: (check) => {
    const says = check.percent !== undefined || check.default !== undefined
    if (!says && check.propagation === undefined)
      return 'a flag check needs percent: 100%, default: off or propagation: in-budget'
    return check.percent !== undefined && check.default !== undefined && check.percent !== 0
      ? 'default: off and a percent above 0% contradict each other'
      : null
  },
  title: (check) => {
    if (check.default === 'off') return 'flag off'
    return check.percent === undefined ? 'flag reaches users in time' : `flag at ${check.percent}%`
  },
  needs: () => [{ need: 'flag' }],
  judge: (check, look) => {
    const readings = look.see({ need: 'flag' })
    if (readings.status === 'missing') return unknown(readings.why)
    const { store, edge } = readings.value
    const slow = tooSlow(readings.value)
    if (check.percent === undefined && check.default === undefined) return slow ?? inTime(readings.value)
    const expected = check.percent ?? 0
    const inStore = judgeReading('the store', store, expected)
    if (inStore.verdict !== 'pass') return inStore
    if (slow) return slow
    if (edge === null) return { ...inStore, why: `${inStore.why}; no edge to read` }
    const atEdge = judgeReading('the edge', edge, expected)
    if (atEdge.verdict === 'pass') return { ...inStore, samples: 2, why: `${inStore.why}; ${atEdge.why}` }
    // The store is right, so an edge that is not has yet to follow.
    return { ...atEdge, verdict: 'unknown', samples: 2, why: `${atEdge.why}; ${inStore.why}` }
  },
})

function saidBy({ percent, audience, latched, updatedBy, reason }: FlagState): string {
  const latch = latched ? `, latched off by ${updatedBy}: ${reason}` : ''
  return `${percent}%${audienceText(percent, audience)}${latch}`
}

/** What makes a change, a rollback among them, take longer than its store says: seen of a change, or told to the caches. */
function tooSlow({ late, budgetMs, cache }: EvidenceByNeed['flag']): Judgement | null {
  if (late) {
    const { percent, servedMs, headers } = late
    const found = { observed: servedMs, limit: late.budgetMs, unit: 'ms', samples: 1 }
    return fail(
      `${formatDuration(servedMs)} after the flag was set to ${percent}% users were still served what was before; ${formatDuration(late.budgetMs)} are allowed${headers}`,
      found,
    )
  }
  if (budgetMs === undefined || (cache?.maxAgeMs ?? 0) <= budgetMs) return null
  const maxAgeMs = cache?.maxAgeMs ?? 0
  return fail(
    `caches may keep the flag for ${formatDuration(maxAgeMs)}, and a change has to reach users within ${formatDuration(budgetMs)}${cache?.headers ?? ''}`,
    { observed: maxAgeMs, limit: budgetMs, unit: 'ms', samples: 1 },
  )
}

function inTime({ edgeMs, budgetMs = 0 }: EvidenceByNeed['flag']): Judgement {
  const budget = `${formatDuration(budgetMs)} are allowed`
  if (edgeMs === undefined) return pass(`this launch has not changed the flag yet; ${budget}`)
  const found = { observed: edgeMs, limit: budgetMs, unit: 'ms', samples: 1 }
  return pass(`the newest change reached users in ${formatDuration(edgeMs)}; ${budget}`, found)
}

function judgeReading(where: string, reading: FlagReading, expected: number): Judgement {
  if (reading.status === 'malformed') return unknown(`${where} holds something that is no flag: ${reading.why}`)
  const percent = reading.status === 'present' ? reading.flag.percent : 0
  const latched = reading.status === 'present' && reading.flag.latched
  const found = { observed: percent, limit: expected, unit: 'percent', samples: 1 }
  if (latched && expected !== 0) return fail(`${where} is latched off by a rollback`, found)
  const says =
    reading.status === 'present' ? `${where} says ${saidBy(reading.flag)}` : `${where} has no flag yet, which is off`
  return percent === expected ? pass(says, found) : fail(`${says}, not ${expected}%`, found)
}
