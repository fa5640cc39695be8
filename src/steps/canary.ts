import { z } from 'zod'
import { Duration, GateRef, Percent } from '../core/fields.ts'
import { nextCanaryMove } from '../core/canary.ts'
import { bakeOf } from '../core/rollout.ts'
import { defineStep } from '../core/step.ts'

export const canary = defineStep({
  kind: 'canary',
  about: 'raises the flag stage by stage; each stage has to hold its gate for the whole bake',
  example: '{ canary: { stages: [10%, 30%, 50%, 100%], bake: 10m, every: 30s, extendUpTo: 3x, gate: canary } }',
  spec: z.strictObject({
    stages: z.array(Percent).min(1).describe('rising percentages of users; the last one is the goal'),
    bake: Duration.describe('settled minutes with data that each stage needs'),
    lastBake: Duration.optional().describe('the same for the last stage; left out: as bake'),
    every: Duration.default(30_000).describe('how often the gate is looked at'),
    extendUpTo: z
      .string()
      .regex(/^\d+(\.\d+)?x$/)
      .transform((text) => Number(text.slice(0, -1)))
      .default(3)
      .describe('how many times the bake a stage may last before it counts as inconclusive: 3x'),
    gate: GateRef.describe('list of checks under gates: that is judged at every stage'),
    judge: z
      .enum(['sequential', 'threshold'])
      .default('sequential')
      .describe(
        'sequential: its stages are judged as one, against the old version of the same minutes; threshold: each look compares the value since the stage began with its limit',
      ),
    onInconclusive: z
      .enum(['hold', 'rollback', 'promote-unproven'])
      .default('hold')
      .describe('what happens when a stage is not proven in time'),
    maxUnattended: Duration.default(900_000).describe(
      'how long a held canary waits for a person before it is rolled back',
    ),
  }),
  changes: () => 'users',
  environment: (_spec, phaseEnvironment) => phaseEnvironment,
  gate: (spec) => ({ name: spec.gate, everyMs: spec.every, patienceMs: longestBake(spec) * spec.extendUpTo }),
  // A plan of an earlier version has no word on it: its launch goes on as it began.
  rollout: ({ judge, stages, extendUpTo, ...spec }) =>
    judge === 'sequential' ? { stages, ...bakesOf(spec), extendUpTo } : null,
  plannedMs: ({ stages, ...spec }, settlingMs) =>
    stages.reduce((total, percent) => total + bakeOf({ stages, ...bakesOf(spec) }, percent) + settlingMs, 0),
  next: (spec, step, _plan, state, world) => {
    if (!step.gate) throw new Error(`step ${step.id} has no gate`)
    const { stages, extendUpTo, onInconclusive } = spec
    const rules = {
      stages,
      ...bakesOf(spec),
      everyMs: spec.every,
      extendUpTo,
      onInconclusive,
      maxUnattendedMs: spec.maxUnattended,
    }
    return nextCanaryMove(rules, step, step.gate, state, world)
  },
  title: (spec) => `canary ${spec.stages.map((stage) => `${stage}%`).join(' → ')}`,
})

type Bakes = { readonly bake: number; readonly lastBake?: number | undefined }

function bakesOf({ bake, lastBake }: Bakes) {
  return { bakeMs: bake, ...(lastBake !== undefined && { lastBakeMs: lastBake }) }
}

function longestBake({ bake, lastBake = bake }: Bakes): number {
  return Math.max(bake, lastBake)
}
