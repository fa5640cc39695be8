import { epochMs, type EpochMs } from '../../src/core/brand.ts'
import { needKey, seen, type Evidence, type Minute, type NeedOf } from '../../src/core/evidence.ts'
import type { PlannedCheck, PlannedGate } from '../../src/core/plan.ts'
import type { Rollout } from '../../src/core/rollout.ts'
import { judgeGate, needsOfGate } from '../../src/gates/judge-gate.ts'
import { Check, checkKind } from '../../src/gates/registry.ts'
import { RolloutMemory } from '../../src/gates/rollout-memory.ts'
import type { Judging, Method } from './rollout.ts'
import type { Seen, SeenMinute } from './view.ts'
import { cuts, limits, stages } from './world.ts'

const minuteMs = 60_000
const lagMs = 3 * minuteMs

/** The judge as a run sheet's canary has it: through the checks, their needs and the evidence of each stage. */
export const wired: Method = { name: 'as wired', needsValues: false, start }

const gate: PlannedGate = {
  id: 'canary',
  environment: 'production',
  checks: [
    check({ kind: 'ratio', id: 'errors', bad: 'errors', of: 'requests', below: `${limits.errors * 100}%`, floor: 200 }),
    check({ kind: 'percentile', id: 'slow', metric: 'load', percentile: 95, below: `${limits.slowMs}ms` }),
    check({ kind: 'average', id: 'mean', metric: 'load', below: `${limits.averageMs}ms` }),
  ],
  patienceMs: 0,
  everyMs: minuteMs,
}

function check(written: { readonly kind: string; readonly id: string } & Record<string, unknown>): PlannedCheck {
  const spec = Check.parse(written)
  const { id, kind } = written
  return { id, kind, title: checkKind(kind).title(spec), spec, nested: [], at: null }
}

function start(): Judging {
  const minutes: SeenMinute[] = []
  const memory = new RolloutMemory()
  const evidence = evidenceReader(minutes)
  /** What the last look at each earlier stage saw. */
  const left: Rollout['left'][number][] = []
  return {
    see: (minute, view) => {
      minutes[minute] = view
    },
    say: (now, begun) => {
      const stage = begun.length - 1
      for (let index = left.length; index < stage; index++) {
        const [since, until] = [begun[index] ?? 0, begun[index + 1] ?? 0]
        const percent = (stages[index]?.share ?? 1) * 100
        left.push({ percent, since: at(since), until: at(until), evidence: evidence(since, until) })
      }
      const rollout: Rollout = {
        stages: stages.map(({ share }) => share * 100),
        bakeMs: (stages[0]?.soak ?? 0) * minuteMs,
        lastBakeMs: (stages.at(-1)?.soak ?? 0) * minuteMs,
        extendUpTo: 3,
        percent: (stages[stage]?.share ?? 1) * 100,
        left: [...left],
        quantiles: { load: cuts.slice(0, -1) },
      }
      const from = begun[stage] ?? 0
      const window = { from: at(from), to: at(now) }
      const environment = { url: '', health: [] }
      const judged = judgeGate(
        gate,
        evidence(from, now),
        {
          now: window.to,
          window,
          subject: 'canary',
          launch: nothingKnown,
          scope: { environment, phase: 'rollout', rollout },
          waivers: {},
        },
        memory,
      )
      if (judged.verdict === 'unknown' && judged.saying === 'go-on') return { saying: 'go-on', why: '' }
      const why = judged
        .checks()
        .map(({ id, judgement }) => `${id} ${judgement.verdict}: ${judgement.why}`)
        .join('; ')
      if (judged.verdict === 'fail') return { saying: 'rollback', why }
      if (judged.verdict === 'pass') return { saying: 'next-stage', why }
      if (judged.saying === 'inconclusive') return { saying: 'next-stage-unproven', why }
      return { saying: judged.saying === 'hold' ? 'hold' : 'go-on', why }
    },
  }
}

const nothingKnown = {
  commit: '',
  artifact: null,
  environment: 'production',
  openedAt: epochMs(0),
  approvals: [],
  blockers: [],
  baseline: null,
  issues: [],
}

function at(minute: number): EpochMs {
  return epochMs(minute * minuteMs)
}

/** Evidence of a stretch of minutes. What a minute is for a need is made once, until more of it is seen. */
function evidenceReader(minutes: readonly SeenMinute[]): (from: number, to: number) => Evidence {
  const needs = needsOfGate(gate, {
    environment: { url: '', health: [] },
    phase: '',
    rollout: { stages: [], bakeMs: 0, extendUpTo: 3, percent: 10, left: [], quantiles: { load: cuts.slice(0, -1) } },
  })
  const asked = needs.flatMap((need) =>
    need.need === 'series'
      ? [{ need, key: needKey(need), canary: arm(need, 'canary', minutes), control: arm(need, 'control', minutes) }]
      : [],
  )
  return (from, to) =>
    Object.fromEntries(
      asked.map(({ need, key, canary, control }) => {
        const both = { canary: canary(from, to), control: control(from, to) }
        return [key, seen({ periodMs: minuteMs, lagMs, query: need.metric, minutes: both, alive: null })]
      }),
    )
}

function arm(
  need: NeedOf<'series'>,
  which: 'canary' | 'control',
  minutes: readonly SeenMinute[],
): (from: number, to: number) => readonly Minute[] {
  const views: (Seen | undefined)[] = []
  const known: Minute[] = []
  return (from, to) => {
    let isWhole = true
    for (let index = from; index < to; index++) {
      const view = minutes[index]?.[which]
      if (!view || view.n === 0) isWhole = false
      else if (views[index] !== view) {
        views[index] = view
        known[index] = minuteOf(need, at(index), view)
      }
    }
    const found = known.slice(from, to)
    return isWhole ? found : found.filter((_, index) => (minutes[from + index]?.[which].n ?? 0) > 0)
  }
}

function minuteOf(need: NeedOf<'series'>, start: EpochMs, { n, errors, sum, above }: Seen): Minute {
  if (need.metric === 'requests') return { start, count: 1, sum: n, over: null }
  if (need.metric === 'errors') return { start, count: 1, sum: errors, over: null }
  const cut = cuts.findIndex((value) => value === need.cut)
  return { start, count: n, sum, over: cut < 0 ? null : (above[cut] ?? 0) }
}
