import { describe, expect, test } from 'vitest'
import { sumsOf, type Retold } from '../../src/core/judge/retold.ts'
import type { Rollout } from '../../src/core/rollout.ts'
import { retellRollout } from '../../src/gates/retell-rollout.ts'
import { arithmeticRows } from '../../src/ui/explain-arithmetic.ts'
import { rolloutRows } from '../../src/ui/explain-rollout.ts'
import { table } from '../../src/ui/text.ts'
import { readLines, recalculated, verdictOfLines } from '../support/explained.ts'
import { at, gate, planned, times } from '../support/looks.ts'
import { toldEvidence, type ToldMinute } from '../support/told-gates.ts'
import { canaryGate, evidenceOf, healthy, lookAtMinute, stages, verdicts, type Told } from '../support/rollouts.ts'

const quiet: Told = { perMinute: 1000, canary: () => healthy, control: () => healthy }
const short = (minute: number) => (minute >= 20 && minute <= 23 ? { ...healthy, errors: 0.05 } : healthy)
const outage = (minute: number) => (minute >= 15 && minute <= 24 ? { ...healthy, errors: 0.04 } : healthy)

/** What a look at this minute is told as, with the stages begun at these minutes. */
function retoldAt(told: Told, minute: number, begun: readonly number[]): Retold {
  const own = begun.at(-1) ?? 0
  const rollout: Rollout = {
    stages,
    bakeMs: 600_000,
    extendUpTo: 3,
    percent: stages[begun.length - 1] ?? 100,
    left: begun.slice(0, -1).map((from, index) => {
      const until = begun[index + 1] ?? from
      return {
        percent: stages[index] ?? 100,
        since: at(from),
        until: at(until),
        evidence: evidenceOf(told, from, until, begun),
      }
    }),
    quantiles: { load: [90, 171, 304] },
  }
  const retold = retellRollout(
    canaryGate,
    evidenceOf(told, own, minute, begun),
    { from: at(own), to: at(minute) },
    rollout,
    [],
  )
  if (!retold) throw new Error('nothing was judged as a rollout')
  return retold
}

/** The lines as `launch explain` prints them. */
function printed(retold: Retold): string {
  const checks = canaryGate.checks.flatMap(({ id }) => [
    `  check  canary/${id} (x)`,
    ...table([...(arithmeticRows(id, retold) ?? []), ['again', 'x']]).map((line) => `  ${line}`),
  ])
  return [...table(rolloutRows(retold)), ...checks].join('\n')
}

const looks: readonly (readonly [string, Told, number, readonly number[]])[] = [
  ['a stage that bakes', quiet, 7, [0]],
  ['a stage that passes', quiet, 12, [0]],
  ['a second stage that passes', quiet, 26, [0, 14]],
  ['a last stage', quiet, 54, [0, 14, 28, 42]],
  ['little traffic', { ...quiet, perMinute: 40 }, 12, [0]],
  ['more errors', { ...quiet, canary: () => ({ ...healthy, errors: 0.1 }) }, 3, [0]],
  ['a few more errors', { ...quiet, canary: () => ({ ...healthy, errors: 0.008 }) }, 20, [0]],
  ['slower answers', { ...quiet, canary: () => ({ ...healthy, slow: 0.2, mean: 260 }) }, 5, [0]],
  ['an incident of both versions', { ...quiet, canary: outage, control: outage }, 22, [0, 14]],
  ['an incident that is over, but not for long', { ...quiet, canary: short, control: short }, 35, [0, 14]],
  ['an incident that is over', { ...quiet, canary: outage, control: outage }, 37, [0, 14]],
]

describe('the arithmetic that explain prints', () => {
  test.each(looks)('leads to the verdict: %s', (_name, told, minute, begun) => {
    const retold = retoldAt(told, minute, begun)
    const lines = readLines(printed(retold))
    expect(lines.checks.map(({ id }) => id)).toEqual(['errors', 'p95', 'mean'])
    const judged = Object.values(verdicts(lookAtMinute(told, minute, begun)))
    const said = judged.includes('fail') ? 'fail' : judged.includes('unknown') ? 'unknown' : 'pass'
    expect(verdictOfLines(lines), printed(retold)).toBe(said)
    expect(Object.values(retold.verdicts)).toEqual(judged)
  })

  test.each(looks)('can be calculated again: %s', (_name, told, minute, begun) => {
    const retold = retoldAt(told, minute, begun)
    for (const { what, said, is, within } of recalculated(readLines(printed(retold))))
      expect(Math.abs(said - is), `${what}: ${said} is printed, ${is} calculated`).toBeLessThanOrEqual(
        within * Math.abs(is) + 1e-12,
      )
  })

  test.each(looks)('adds up to the counts that were judged: %s', (_name, told, minute, begun) => {
    const { decision, signals } = retoldAt(told, minute, begun)
    for (const { signal, stages: told2 } of signals) {
      const finding = decision.findings.find((one) => one.signal === signal.id)
      const sums = sumsOf(
        told2.flatMap(({ minutes }) => minutes),
        'canary',
        'counted',
      )
      for (const limit of finding?.limits ?? []) {
        expect(sums.n).toBe(limit.n)
        expect(sums.above[limit.cut] ?? 0).toBe(limit.bad)
      }
      // Without samples both are nothing.
      const mean = finding?.mean?.mean ?? null
      expect(mean === null ? 0 : sums.sum / sums.n).toBeCloseTo(mean ?? 0, 9)
    }
  })

  test('says of every minute that does not count why', () => {
    const text = printed(retoldAt({ ...quiet, canary: outage, control: outage }, 37, [0, 14]))
    expect(text).toContain('2 minutes 18:12:00Z to 18:14:00Z not settled when the stage was left')
    expect(text).toMatch(/30%: 1\d minutes 18:1\d:00Z to 18:2\d:00Z in which the old version was outside a limit, too/)
    expect(text).toContain('2 minutes 18:35:00Z to 18:37:00Z younger than the metric takes to settle')
  })
})

describe('two limits, and none', () => {
  const rows = (check: Parameters<typeof planned>[0], told: readonly ToldMinute[]) => {
    const own = gate(planned(check))
    const rollout: Rollout = {
      stages: [10, 100],
      bakeMs: 600_000,
      extendUpTo: 3,
      percent: 10,
      left: [],
      quantiles: { load: [90, 171, 304] },
    }
    const window = { from: at(0), to: at(told.length) }
    const retold = retellRollout(own, toldEvidence(own, told, rollout), window, rollout, [])
    return table(retold ? (arithmeticRows('x', retold) ?? []) : []).join('\n')
  }
  const minute = (ms: number, bad = 0): ToldMinute => ({
    canary: { n: 1000, mean: ms, bad, over: { 90: 0.5, 171: 0.25, 304: 0.1, 800: 0.05 } },
    control: { n: 9000, mean: 140, bad: 27, over: { 90: 0.5, 171: 0.25, 304: 0.1, 800: 0.01 } },
  })

  test('a mean says where it is beside the limit to roll back by', () => {
    const mean = { kind: 'average', id: 'x', metric: 'load', below: '200ms', rollbackAt: '400ms' }
    const between = rows(mean, times(14, minute(250)))
    expect(between).toMatch(/sum +250ms over 12,000, last bake 250ms: outside 200ms, 12,000 ≥ 50 needed/)
    expect(between).toMatch(/rollback +last bake 250ms: inside 400ms, the limit to roll back by/)
    expect(between).toMatch(/> 400ms|≤ 400ms/)
    expect(rows(mean, times(14, minute(450)))).toMatch(/rollback +last bake 450ms: outside 400ms/)
  })

  test('a share says which of its last bake reaches the limit to roll back by', () => {
    const share = { kind: 'ratio', id: 'x', bad: 'errors', of: 'requests', below: '1%', rollbackAt: '5%' }
    expect(rows(share, times(14, minute(140, 20)))).toMatch(
      /rollback +last 10 minutes 200 of 10,000 = 2%: inside 5%, the limit to roll back by/,
    )
  })

  test('what is only compared says both sides and what is enough to pass', () => {
    const compare = { kind: 'compare', id: 'x', bad: 'errors', of: 'requests', atMost: '150%' }
    const text = rows(compare, times(14, minute(140, 3)))
    expect(text).toMatch(
      /so far +36 of 12,000 = 0.3% against 324 of 108,000 = 0.3% in the old version, 12,000 ≥ 300 needed → enough/,
    )
    expect(text).not.toMatch(/limit/)
  })
})
