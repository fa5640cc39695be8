import { z } from 'zod'
import { exitCodes, type Outcome } from '../core/exit-code.ts'

/** What `--json` prints: one document per command, the same base on every exit. Times are ISO 8601 UTC, durations ms. */

// The keys of the table are the outcomes, by its type.
const outcomes = Object.keys(exitCodes) as [Outcome, ...Outcome[]]
const verdict = z.enum(['pass', 'fail', 'unknown', 'waived'])
const value = z.union([z.number(), z.string()])

export const Envelope = z.object({
  schema: z.literal(1),
  command: z.string().describe('the command as typed, without options: `rollback emergency`'),
  env: z.string().nullable().describe('the environment it was about'),
  sandbox: z.boolean(),
  outcome: z.enum(outcomes),
  exitCode: z.int(),
  error: z
    .object({
      code: z.string(),
      message: z.string(),
      hint: z.string(),
      at: z.object({ file: z.string(), line: z.int(), col: z.int() }).nullable(),
    })
    .nullable(),
})
export type Envelope = z.infer<typeof Envelope>

const EnvelopeCheck = z.object({
  id: z.string(),
  kind: z.string(),
  verdict,
  observed: value.nullable(),
  limit: value.nullable(),
  unit: z.string().describe('ms, share (0–1), count, percent or the metric’s own'),
  samples: z.number(),
  why: z.string(),
})

export const RunEnvelope = Envelope.extend({
  launch: z.string(),
  release: z.object({
    id: z.string().nullable().describe('what is deployed, or what a deploy that broke off tried; null: neither'),
    version: z.string(),
    commit: z.string(),
    previous: z.string().nullable(),
  }),
  flag: z.object({ key: z.string(), percent: z.number(), latched: z.boolean(), serial: z.number().nullable() }),
  phases: z.array(
    z.object({
      id: z.string(),
      verdict: z.enum(['pass', 'fail', 'held']).nullable().describe('null: not over'),
      startedAt: z.iso.datetime().nullable(),
      endedAt: z.iso.datetime().nullable(),
    }),
  ),
  stages: z.array(
    z.object({
      percent: z.number(),
      startedAt: z.iso.datetime(),
      endedAt: z.iso.datetime().nullable(),
      verdict: z.enum(['pass', 'unproven', 'fail']).nullable(),
    }),
  ),
  gates: z.array(
    z.object({
      id: z.string(),
      phase: z.string(),
      verdict: z.enum(['pass', 'fail', 'unknown']),
      at: z.iso.datetime(),
      checks: z.array(EnvelopeCheck),
    }),
  ),
  rollbacks: z.array(
    z.object({
      kind: z.enum(['emergency', 'full']),
      reason: z.string(),
      by: z.string(),
      outcome: z
        .enum(['restored', 'degraded', 'failed', 'nothing'])
        .describe('degraded: the flag is off and latched, and something around it is open, which detail says'),
      detail: z.string().describe('what was done, and of a rollback that is degraded or failed what was not'),
      ackedMs: z.number().describe('real ms from the start of the rollback to the acknowledged write'),
      readBackMs: z.number().describe('real ms to the second read that agreed'),
      edgeMs: z
        .number()
        .nullable()
        .describe(
          'ms until it was seen through the CDN; null: not in time, or not looked at because the site is not known. In the sandbox its own clock counts when that is more, because copies at its edge live by it',
        ),
      verified: z.boolean().describe('users were seen to be served it, and of a full rollback its files'),
      journaled: z.boolean(),
    }),
  ),
  report: z.string().nullable(),
  startedAt: z.iso.datetime(),
  endedAt: z.iso.datetime(),
  durationMs: z.number(),
})
export type RunEnvelope = z.infer<typeof RunEnvelope>

const FlagChange = z.object({
  percent: z.number(),
  latched: z.boolean(),
  ackedMs: z.number().nullable(),
  edgeMs: z.number().nullable().describe('until users were served it; null: not seen yet'),
  late: z
    .object({ percent: z.number(), servedMs: z.number(), budgetMs: z.number(), headers: z.string() })
    .nullable()
    .describe('of a change that took longer than its store says'),
})

export const StatusEnvelope = Envelope.extend({
  release: z.object({ current: z.string().nullable(), previous: z.string().nullable() }),
  flag: z
    .object({ key: z.string(), percent: z.number(), latched: z.boolean(), serial: z.number().nullable() })
    .nullable(),
  launch: z
    .object({
      id: z.string(),
      phase: z.string().nullable(),
      state: z.string(),
      driver: z.string(),
      idleMs: z.number(),
      changes: z.array(FlagChange).describe('what the launch changed about the flag, oldest first'),
      unresolved: z
        .array(z.string())
        .describe('steps that must not run twice and were not seen to end: `launch resolve` says what they did'),
    })
    .nullable(),
  unknown: z
    .object({ release: z.string(), flag: z.string(), launch: z.string() })
    .partial()
    .describe('what could not be read, and why: where it is null above, it is not known whether there is one'),
  health: z.array(z.object({ url: z.string(), ok: z.boolean(), status: z.number().nullable(), detail: z.string() })),
})
export type StatusEnvelope = z.infer<typeof StatusEnvelope>
