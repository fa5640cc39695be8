import { describe, expect, test } from 'vitest'
import { sha256Hex } from '../../src/core/brand.ts'
import type { EventOf, LaunchEvent } from '../../src/core/event.ts'
import { journalRecording, rejudge } from '../../src/engine/journal-recording.ts'
import { sweptCheck, withLimit } from '../../src/engine/limit-sweep.ts'
import { stepOf } from '../../src/engine/imagined-launch.ts'
import { replayRollout } from '../../src/engine/replay-rollout.ts'
import { tryOut } from '../../src/engine/trial.ts'
import { at, canaryOf, everybodys, planOf, recorded } from '../support/backtests.ts'

const plan = planOf((sheet) => sheet.replace('every: 30s', 'every: 60s'))
const step = canaryOf(plan)

/** The journal a launch would have written: what a replay writes, behind how it was opened. */
function journalOf(metrics: ReturnType<typeof everybodys>, more: Parameters<typeof recorded>[2] = {}) {
  const recording = recorded(plan, metrics, more)
  const replay = replayRollout(plan, step, recording)
  const { id: launch, openedAt, openedBy, baseline } = recording.before
  const head = { schema: 1, launch, at: openedAt, actor: openedBy, prev: null } as const
  const opened: EventOf<'launch-opened'> = {
    ...head,
    n: 1,
    id: 'opened',
    type: 'launch-opened',
    plan: sha256Hex(''),
    commit: '',
    version: '',
    supersedes: null,
    acks: [],
    sandbox: null,
  }
  const captured: EventOf<'baseline-captured'> = {
    ...head,
    n: 2,
    id: 'baseline',
    type: 'baseline-captured',
    window: baseline?.window ?? { from: at(0), to: at(0) },
    metrics: baseline?.metrics ?? {},
  }
  const events: readonly LaunchEvent[] = [opened, captured, ...replay.events]
  return { replay, events }
}

const regression = { inject: { bad: 'errors', all: 'requests', share: 0.004 } }
const quiet = journalOf(everybodys(90))
const broken = journalOf(everybodys(90), regression)

describe.each([
  ['a launch that was promoted', quiet],
  ['a launch that was stopped', broken],
])('%s', (_, { replay, events }) => {
  test('has every verdict again, to the last word, from what was journaled with it', () => {
    const found = rejudge(plan, events)

    expect(found.length).toBeGreaterThan(5)
    expect(found.every((one) => one.found === 'same')).toBe(true)
  })

  test('has them also as plain JSON, as the journal keeps it', () => {
    const read: readonly LaunchEvent[] = JSON.parse(JSON.stringify(events))
    expect(rejudge(plan, read).every((one) => one.found === 'same')).toBe(true)
  })

  test('is decided again as it was, at the same minutes', () => {
    const recording = journalRecording(events, step)
    const again = recording && replayRollout(plan, step, recording)

    expect(again?.ended).toBe(replay.ended)
    expect(again?.why).toBe(replay.why)
    expect(again?.at).toBe(replay.at)
    expect(again?.shifts).toEqual(replay.shifts)
  })
})

test('a verdict that is not that of its evidence is told', () => {
  const wrong = broken.events.map((event) =>
    event.type === 'gate-judged' && event.verdict === 'fail' ? { ...event, verdict: 'pass' as const } : event,
  )
  const different = rejudge(plan, wrong).filter(({ found }) => found === 'different')

  expect(different).toHaveLength(1)
  expect(different[0]).toMatchObject({ event: { verdict: 'pass' }, again: { verdict: 'fail' } })
})

test('other words for the same verdict are told apart from another verdict', () => {
  const reworded = quiet.events.map((event) =>
    event.type === 'gate-judged'
      ? { ...event, checks: event.checks.map((check) => ({ ...check, judgement: { ...check.judgement, why: 'so' } })) }
      : event,
  )
  expect(new Set(rejudge(plan, reworded).map(({ found }) => found))).toEqual(new Set(['worded']))
})

test('evidence that was too large to be kept is said, not judged as a difference', () => {
  const cut = broken.events.map((event) =>
    event.type === 'gate-judged'
      ? {
          ...event,
          evidence: Object.fromEntries(
            Object.keys(event.evidence).map((key) => [
              key,
              { status: 'missing', why: 'not kept: 300 KiB, more' } as const,
            ]),
          ),
        }
      : event,
  )
  const found = rejudge(plan, cut)
  expect(found.some((one) => one.found === 'gone')).toBe(true)
  expect(found.some((one) => one.found === 'different')).toBe(false)
})

describe('another run sheet on the same evidence', () => {
  const tried = (check: string, limit: string) => {
    const gate = step.gate
    const recording = journalRecording(broken.events, step)
    if (!gate || !recording) throw new Error('nothing to try')
    const swept = withLimit(plan, step, sweptCheck(gate, check), limit)
    return tryOut({ limit, plan: swept, step: stepOf(swept, step.id) ?? step }, 'launch', recording).replay
  }

  test('that would have gone on is not decided after the recorded rollback', () => {
    const found = tried('error-rate', '50%')
    expect(found.ended).toBe('undecided')
    expect(found.why).toMatch(/^the recor/)
  })

  test('that would have stopped it too says when', () => {
    expect(tried('error-rate', '0.2%')).toMatchObject({ ended: 'stopped' })
  })

  test('that asks what was never counted says so', () => {
    expect(tried('board-p95', '600ms')).toMatchObject({
      ended: 'undecided',
      why: 'not recorded: board-load at or above 600',
    })
  })
})

test('a launch without a canary has nothing to replay', () => {
  expect(journalRecording(quiet.events.slice(0, 2), step)).toBeNull()
})
