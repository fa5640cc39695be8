import { epochMs } from '../../src/core/brand.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { needKey, seen, type Minute, type Series } from '../../src/core/evidence.ts'
import type { Plan, PlannedPhase } from '../../src/core/plan.ts'
import { journal, judged, opened, result } from './journal-builder.ts'
import { statusBoardPlan } from './status-board-plan.ts'

export type Tag = { readonly name: string; readonly attributes: readonly (readonly [name: string, value: string])[] }

/**
 * The start tags of a page as a browser would see them, read by a scanner of its own: `<`, a letter, names and quoted values.
 * What looks like a tag in a text is a tag here too.
 */
export function tagsOf(page: string): readonly Tag[] {
  return Array.from(
    page.matchAll(/<([a-z!/][^\s>/]*)((?:\s+[^\s=>"]+(?:="[^"]*")?)*)\s*\/?>?/gi),
    ([, name, rest]) => ({
      name: name ?? '',
      attributes: Array.from((rest ?? '').matchAll(/([^\s=>"]+)(?:="([^"]*)")?/g), ([, key, value]) => [
        key ?? '',
        value ?? '',
      ]),
    }),
  )
}

/** Start of the first minute users had the new version. */
export const raisedAt = Date.parse('2026-12-02T00:00:00Z')

export type Signals = {
  /** How many minutes the only look sees, from the first on. */
  readonly minutes: number
  /** Starts (minutes from the first) that came back empty. */
  readonly missing?: readonly number[]
  /** Milliseconds of the average in a minute. @default 100 */
  readonly average?: (minute: number) => number
}

/** A launch of one stage whose one check is an average below 200ms, and one look at it when all but two minutes have settled. */
export function signalsOf({ minutes, missing = [], average = () => 100 }: Signals): {
  readonly plan: Plan
  readonly events: readonly LaunchEvent[]
} {
  const story = journal('2026-12-02T00:00:00Z')
  story.add(opened(), { type: 'phase-started', phase: 'rollout' })
  story.add({ type: 'flag-set', percent: 10, writeId: 'w', serial: 1, ackedMs: 4 })
  story.add({ type: 'flag-confirmed', percent: 10, serial: 1, edgeMs: 1200 })
  story.after(`${minutes}m`)
  const there = Array.from({ length: minutes }, (_, index) => index).filter((index) => !missing.includes(index))
  const ofVersion = (scale: number): readonly Minute[] =>
    there.map((index) => {
      const start = epochMs(raisedAt + index * 60_000)
      return { start, count: 10, sum: 10 * scale * average(index), over: null }
    })
  const series: Series = {
    periodMs: 60_000,
    lagMs: 60_000,
    query: 'StatusBoard DrawerOpenMs Sum',
    minutes: { canary: ofVersion(1), control: ofVersion(0.5) },
    alive: null,
  }
  const checks = [
    result('drawer', 'average', 'Drawer', { verdict: 'pass', observed: 100, limit: 200, unit: 'ms', samples: 10 }),
  ]
  const evidence = { [needKey({ need: 'series', metric: 'drawer-open' })]: seen(series) }
  story.add(judged(story, { gate: 'canary', phase: 'rollout', stage: 10, checks, evidence }))
  return { plan: planOfOneAverage(), events: story.events }
}

function planOfOneAverage(): Plan {
  const spec = { kind: 'average', metric: 'drawer-open', below: { value: 200, unit: 'ms' }, floor: 50 }
  const check = { id: 'drawer', kind: 'average', title: 'Drawer', spec, nested: [], at: null }
  const gate = { id: 'canary', environment: 'production', checks: [check], patienceMs: 60_000, everyMs: 30_000 }
  const rollout: PlannedPhase = {
    id: 'rollout',
    title: 'Rollout',
    at: null,
    environment: 'production',
    steps: [],
    gate,
    onFail: 'emergency',
  }
  return { ...statusBoardPlan, phases: [rollout], report: { ...statusBoardPlan.report, headline: [] } }
}
