import { epochMs, launchId, sha256Hex, type EpochMs } from '../../src/core/brand.ts'
import type { Actor, CheckResult, Happening, LaunchEvent } from '../../src/core/event.ts'
import type { Evidence } from '../../src/core/evidence.ts'
import { hashOf } from '../../src/core/hash.ts'
import { parseDuration } from '../../src/core/units.ts'
import { foldVerdicts, type Judgement } from '../../src/core/verdict.ts'

export const planHash = sha256Hex('9'.repeat(64))
export const artifactHash = sha256Hex('a'.repeat(64))
export const commit = '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d'
const captain: Actor = { name: 'Jesus Ortiz <jesus@sb.example>', host: 'ci-runner-7', run: '4711' }

/** Writes a journal by hand: time moves only when told to, every event is numbered and chained like a real one. */
export type JournalBuilder = {
  readonly events: readonly LaunchEvent[]
  now(): EpochMs
  /** `after('30s')` */
  after(duration: string): JournalBuilder
  as(actor: Actor | string): JournalBuilder
  add(...happenings: readonly Happening[]): JournalBuilder
}

export function journal(startIso: string): JournalBuilder {
  const events: LaunchEvent[] = []
  let at = Date.parse(startIso)
  let actor: Actor = captain
  const builder: JournalBuilder = {
    events,
    now: () => epochMs(at),
    after: (duration) => {
      const ms = parseDuration(duration)
      if (ms === null) throw new Error(`not a duration: ${duration}`)
      at += ms
      return builder
    },
    as: (next) => {
      actor = typeof next === 'string' ? { name: next, host: 'laptop', run: null } : next
      return builder
    },
    add: (...happenings) => {
      for (const happening of happenings) {
        const last = events.at(-1)
        const n = events.length + 1
        const id = `01JDZ00000000000000000${String(n).padStart(4, '0')}`
        const head = {
          schema: 1,
          launch: launchId('01JDZ0STATUSBOARDV2LAUNCH0'),
          n,
          id,
          at: epochMs(at),
          actor,
        } as const
        events.push({ ...happening, ...head, prev: last ? hashOf(last) : null })
      }
      return builder
    },
  }
  return builder
}

export function opened(sandbox: string | null = null): Happening {
  return { type: 'launch-opened', plan: planHash, commit, version: '1.6.0', supersedes: null, acks: [], sandbox }
}

export function result(
  id: string,
  kind: string,
  title: string,
  judgement: Partial<Judgement> & Pick<Judgement, 'verdict'>,
): CheckResult {
  const nothing = { observed: null, limit: null, unit: '', samples: 0, window: null, query: '', why: '' }
  return { id, kind, title, judgement: { ...nothing, ...judgement } }
}

export type Judged = {
  readonly gate: string
  readonly key?: string
  readonly phase: string
  readonly environment?: string
  readonly stage?: number
  readonly bakedMs?: number
  readonly evidence?: Evidence
  readonly checks: readonly CheckResult[]
}

export function judged(builder: JournalBuilder, look: Judged): Happening {
  const { gate, phase, checks, stage = null, environment = 'production', bakedMs = 0, evidence = {} } = look
  const key = look.key ?? (stage === null ? gate : `rollout/canary@${stage}`)
  const verdict = foldVerdicts(checks.map((check) => check.judgement.verdict))
  const window = { from: epochMs(builder.now() - 600_000), to: builder.now() }
  return {
    type: 'gate-judged',
    gate,
    key,
    phase,
    bakedMs,
    environment,
    artifact: artifactHash,
    verdict,
    checks,
    evidence,
    window,
    stage,
  }
}

/** The three SLOs and the conflicts of the canary gate, with these numbers. */
export function canaryChecks(
  board: number,
  drawer: number,
  errors: number,
  conflicts: number,
  samples = 4210,
): readonly CheckResult[] {
  const upTo = (observed: number, limit: number) => ({
    verdict: observed < limit ? ('pass' as const) : ('fail' as const),
    observed,
    limit,
    samples,
  })
  return [
    result('board-load-p95', 'percentile', 'board-load p95 < 800ms', {
      ...upTo(board, 800),
      unit: 'ms',
      why: board < 800 ? 'p95 is below the limit' : '9.3% of loads take 800ms or longer, 5% may',
    }),
    result('drawer-open-average', 'average', 'drawer-open average < 200ms', {
      ...upTo(drawer, 200),
      unit: 'ms',
      why: drawer < 200 ? 'average is below the limit' : 'the average is at or over the limit',
    }),
    result('errors-ratio', 'ratio', 'errors / requests < 1%', {
      ...upTo(errors, 0.01),
      unit: 'share',
      why: errors < 0.01 ? 'share is below the limit' : 'more errors than 1% of requests',
    }),
    result('occ-conflicts-count', 'count', 'occ-conflicts per 5m < 30', {
      ...upTo(conflicts, 30),
      unit: 'count',
      why: conflicts < 30 ? 'below the limit' : 'too many conflicts in five minutes',
    }),
  ]
}

export function canaryWaiting(): readonly CheckResult[] {
  const why = 'no settled minute since the flag changed'
  return canaryChecks(0, 0, 0, 0).map((check) => ({
    ...check,
    judgement: { ...check.judgement, verdict: 'unknown' as const, observed: null, samples: 0, why },
  }))
}
