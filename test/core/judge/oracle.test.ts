import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import type { MinuteCounts } from '../../../src/core/judge/minutes.ts'
import { latencySignal, rules, shareSignal, type JudgePlan, type Signal } from '../../../src/core/judge/plan.ts'
import { RolloutJudge } from '../../../src/core/judge/rollout-judge.ts'

type Minute = readonly [canary: MinuteCounts | null, control: MinuteCounts | null]
type Story = {
  readonly name: string
  readonly plan: JudgePlan
  /** By signal. */
  readonly minutes: readonly (readonly Minute[])[]
  /** The newest two minutes of every look are half of what they will be. */
  readonly early: boolean
  readonly looks: readonly {
    readonly now: number
    readonly begun: readonly number[]
    readonly trouble: string | null
    readonly decision: object
  }[]
}
type Oracle = { readonly signals: { readonly [plan: string]: readonly Signal[] }; readonly stories: readonly Story[] }

/** Written by `scripts/judge-oracle.py`: the rules once more, with scipy, from nothing at every look. */
const oracle: Oracle = JSON.parse(await readFile(new URL('oracle.json', import.meta.url), 'utf8'))

test.each(oracle.stories.map((story) => [story.name, story] as const))('%s: every number of every look', (_, story) => {
  const judge = new RolloutJudge(story.plan)
  const wrong = story.looks.flatMap(({ now, begun, trouble, decision }) => {
    putUpTo(judge, now, story)
    return differences(judge.decide(now, begun, trouble), decision, `at ${now}`)
  })
  expect(wrong).toEqual([])
  expect(story.looks.length).toBeGreaterThan(0)
})

test('a rollout that is judged at its end alone is judged as one that was watched', () => {
  for (const story of oracle.stories) {
    const last = story.looks.at(-1)
    if (!last) throw new Error(`nobody looks at ${story.name}`)
    const { now, begun, trouble, decision } = last
    const judge = new RolloutJudge(story.plan)
    putUpTo(judge, now, story)
    expect(differences(judge.decide(now, begun, trouble), decision, story.name)).toEqual([])
  }
})

test('the signals that checks become, and the rules, are those of the second judge', () => {
  const slow = { cut: 1, share: 0.05 }
  const further = { ...slow, rollback: { cut: 2, share: 0.05 } }
  const { plain, banded } = oracle.signals
  const made = [shareSignal('errors', 0.01), latencySignal('load', 2, { slow, average: 200 })]
  expect(differences(made, plain, 'plain')).toEqual([])
  const { mean: _, ...load } = latencySignal('load', 3, { slow: further, average: 200 })
  expect(differences({ ...load, mean: banded?.[1]?.mean }, banded?.[1], 'banded')).toEqual([])
  expect(oracle.stories[0]?.plan.rules).toEqual(rules)
})

function putUpTo(judge: RolloutJudge, now: number, { minutes, early }: Story): void {
  const seen = (arm: MinuteCounts | null) =>
    arm && { n: Math.floor(arm.n / 2), above: Array.from(arm.above, (bad) => Math.floor(bad / 2)), sum: arm.sum / 2 }
  minutes.forEach((column, signal) => {
    column.slice(0, now).forEach(([canary, control], t) => {
      const isEarly = early && t >= now - 2
      judge.put(signal, t, isEarly ? seen(canary) : canary, isEarly ? seen(control) : control)
    })
  })
}

/** Where two values differ, numbers by more than 1e-8 of the larger, or of 1. */
function differences(ours: unknown, theirs: unknown, at: string): readonly string[] {
  if (typeof ours === 'number' && typeof theirs === 'number') {
    const most = 1e-8 * Math.max(1, Math.abs(ours), Math.abs(theirs))
    return Math.abs(ours - theirs) <= most ? [] : [`${at}: ${ours}, not ${theirs}`]
  }
  if (isRecord(ours) && isRecord(theirs)) {
    const names = new Set([...Object.keys(ours), ...Object.keys(theirs)])
    return [...names].flatMap((name) => differences(ours[name], theirs[name], `${at}.${name}`))
  }
  return ours === theirs ? [] : [`${at}: ${JSON.stringify(ours)}, not ${JSON.stringify(theirs)}`]
}

/** Lists, too: by their indices. */
function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return typeof value === 'object' && value !== null
}
