import { epochMs, type EpochMs } from '../../src/core/brand.ts'
import { needKey, seen, type Evidence, type Minute, type Need } from '../../src/core/evidence.ts'
import type { PlannedCheck, PlannedGate } from '../../src/core/plan.ts'
import type { Rollout } from '../../src/core/rollout.ts'
import { judgeGate, needsOfGate } from '../../src/gates/judge-gate.ts'
import { Check, checkKind } from '../../src/gates/registry.ts'
import type { Judging, Method } from './rollout.ts'
import type { Seen, SeenMinute } from './view.ts'
import { cuts, limits, stages } from './world.ts'

const minuteMs = 60_000
const lagMs = 3 * minuteMs
const bake = 15

/**
 * The judge as a run sheet's canary has it: through the checks, their needs and the evidence of each stage, with the same
 * bake at every stage. A look costs what its evidence weighs, so this is for a few hundred rollouts, not for all of them.
 */
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
  const memory = new Map()
  return {
    see: (minute, view) => {
      minutes[minute] = view
    },
    say: (now, begun) => {
      const stage = begun.length - 1
      const rollout: Rollout = {
        stages: stages.map(({ share }) => share * 100),
        bakeMs: bake * minuteMs,
        extendUpTo: 3,
        percent: (stages[stage]?.share ?? 1) * 100,
        left: begun.slice(0, -1).map((from, index) => ({
          percent: (stages[index]?.share ?? 1) * 100,
          since: at(from),
          until: at(begun[index + 1] ?? from),
          evidence: evidenceOf(minutes, from, begun[index + 1] ?? from),
        })),
        quantiles: { load: cuts.slice(0, -1) },
      }
      const from = begun[stage] ?? 0
      const window = { from: at(from), to: at(now) }
      const environment = { url: '', health: [] }
      const judged = judgeGate(
        gate,
        evidenceOf(minutes, from, now),
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
      const why = judged.checks.map(({ id, judgement }) => `${id} ${judgement.verdict}: ${judgement.why}`).join('; ')
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

function evidenceOf(minutes: readonly SeenMinute[], from: number, to: number): Evidence {
  const needs = needsOfGate(gate, {
    environment: { url: '', health: [] },
    phase: '',
    rollout: { stages: [], bakeMs: 0, extendUpTo: 3, percent: 10, left: [], quantiles: { load: cuts.slice(0, -1) } },
  })
  const numbers = Array.from({ length: to - from }, (_, index) => from + index)
  const arm = (need: Extract<Need, { need: 'series' }>, which: 'canary' | 'control') =>
    numbers.flatMap((minute) => {
      const view = minutes[minute]?.[which]
      return view && view.n > 0 ? [minuteOf(need, at(minute), view)] : []
    })
  return Object.fromEntries(
    needs.flatMap((need) => {
      if (need.need !== 'series') return []
      const series = { canary: arm(need, 'canary'), control: arm(need, 'control') }
      return [[needKey(need), seen({ periodMs: minuteMs, lagMs, query: need.metric, minutes: series, alive: null })]]
    }),
  )
}

function minuteOf(need: Extract<Need, { need: 'series' }>, start: EpochMs, { n, errors, sum, above }: Seen): Minute {
  if (need.metric === 'requests') return { start, count: 1, sum: n, over: null }
  if (need.metric === 'errors') return { start, count: 1, sum: errors, over: null }
  const cut = cuts.findIndex((value) => value === need.cut)
  return { start, count: n, sum, over: cut < 0 ? null : (above[cut] ?? 0) }
}
