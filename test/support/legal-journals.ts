import fc from 'fast-check'
import type { Happening, LaunchEvent } from '../../src/core/event.ts'
import type { World } from '../../src/core/step.ts'
import { artifact, begun, deployed, done, flagAt, latch, verdictOf, worldAt } from './core-launch.ts'

const steps = ['staging/build', 'staging/deploy', 'rollout/deploy', 'verify/monitor', 'closeout/report'] as const
const percent = fc.constantFrom(10, 100)
const verdict = fc.constantFrom('pass' as const, 'fail' as const, 'unknown' as const)
const step = fc.constantFrom(...steps)
const canary = { step: 'rollout/canary' } as const

/** Anything a process could append, in any order: other machines append between ours. */
const happening: fc.Arbitrary<Happening | 'gate'> = fc.oneof(
  fc.constantFrom<Happening>(
    artifact,
    deployed('staging', 'staging/deploy'),
    deployed('production', 'rollout/deploy'),
    { type: 'phase-started', phase: 'staging' },
    { type: 'phase-ended', phase: 'staging', verdict: 'pass' },
    { type: 'phase-started', phase: 'rollout' },
    { type: 'go-decided', decision: 'go', note: '', via: 'x' },
    { type: 'go-decided', decision: 'no-go', note: '', via: 'x' },
    { type: 'rollback-intended', kind: 'emergency', reason: 'r', trigger: 'gate' },
    { type: 'rollback-found', writeId: 'latch', by: 'b', since: worldAt(0).now, reason: 'r' },
    { type: 'paused', signal: 'SIGINT' },
    { type: 'clock-jumped', byMs: -60_000 },
    { type: 'left-held', percent: 10, why: 'no data' },
    { type: 'people-awaited', question: 'held/10@0/0' },
    { type: 'launch-ended', outcome: 'succeeded', why: '' },
    { type: 'baseline-captured', window: { from: worldAt(0).now, to: worldAt(1).now }, metrics: {} },
  ),
  step.map((name) => done(name)),
  step.map((name): Happening => ({ type: 'step-intended', step: name, attempt: 'a' })),
  step.map((name): Happening => ({ type: 'step-resolved', step: name, attempt: 'a', did: 'run', note: '' })),
  step.map((name): Happening => ({ type: 'step-resolved', step: name, attempt: 'a', did: 'not-run', note: '' })),
  step.map((name): Happening => ({
    type: 'step-failed',
    step: name,
    attempt: 'a',
    code: 'STEP_FAILED',
    message: 'm',
    hint: '',
    ms: 1,
  })),
  percent.map((at): Happening => ({
    type: 'flag-intended',
    ...canary,
    percent: at,
    writeId: `w${at}`,
    serial: at,
    base: null,
  })),
  percent.map((at): Happening => ({ type: 'flag-set', percent: at, writeId: `w${at}`, serial: at, ackedMs: 1 })),
  percent.map((at): Happening => ({ type: 'flag-confirmed', percent: at, serial: at, edgeMs: 1 })),
  percent.map((at): Happening => ({
    type: 'stage-held',
    ...canary,
    percent: at,
    why: 'paused by x',
    until: worldAt(9e12).now,
  })),
  percent.map((at): Happening => ({ type: 'stage-left', ...canary, percent: at, verdict: 'pass', why: '' })),
  fc
    .tuple(
      fc.constantFrom('pause' as const, 'resume' as const, 'promote' as const, 'abort' as const),
      fc.option(percent),
    )
    .map(([ask, stage]): Happening => ({ type: 'canary-asked', ask, stage, reason: '' })),
  percent.map((at): Happening => ({
    type: 'answered',
    question: `proceed/rollout/canary@${at}`,
    answer: 'yes',
    by: 'x',
    via: 'x',
    note: '',
  })),
  fc.constant('gate' as const),
)

/** Journals as they could be: opened, then anything. */
export const legalJournal: fc.Arbitrary<readonly LaunchEvent[]> = fc
  .array(fc.tuple(happening, percent, verdict, fc.constantFrom('1s', '30s', '5m')), { maxLength: 30 })
  .map((told) => {
    const builder = begun()
    for (const [what, at, said, later] of told) {
      builder.after(later)
      builder.add(what === 'gate' ? verdictOf(builder, `rollout/canary@${at}`, said, { stage: at }) : what)
    }
    return builder.events
  })

const reading = fc.constantFrom<World['flag']>(
  null,
  { status: 'absent' },
  flagAt(0, { writeId: 'init' }),
  flagAt(10),
  flagAt(50, { writeId: 'other' }),
  flagAt(100),
  latch(),
)

export const anyWorld: fc.Arbitrary<World> = fc
  .record({
    flag: reading,
    minutes: fc.integer({ min: 0, max: 300 }),
    looked: fc.boolean(),
    tried: fc.boolean(),
    guided: fc.boolean(),
    leaveHeld: fc.boolean(),
  })
  .map(({ flag, minutes, looked, tried, guided, leaveHeld }) => {
    const now = Date.parse('2026-12-01T18:00:00Z') + minutes * 60_000
    const at = worldAt(now).now
    const keys = ['rollout/canary@10', 'rollout/canary@100', 'ready', 'full', 'verify/monitor']
    const looks = new Map(looked ? keys.map((key) => [key, { first: at, last: at }]) : [])
    return worldAt(now, { flag, looks, tried: new Set(tried ? steps : []), guided, leaveHeld })
  })
