import { describe, expect, test } from 'vitest'
import { epochMs, sha256Hex } from '../../src/core/brand.ts'
import type { EventOf, LaunchEvent } from '../../src/core/event.ts'
import { needKey, type Need } from '../../src/core/evidence.ts'
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

describe('a journal as a recording', () => {
  const recordingOf = (events: readonly LaunchEvent[]) => {
    const recording = journalRecording(events, step)
    if (!recording) throw new Error('no canary')
    return recording
  }
  const whole = recordingOf(quiet.events)
  const raised = (percent: number) => quiet.replay.shifts.find((shift) => shift.percent === percent)?.at ?? at(0)
  /** A journal that goes on after its last event. */
  const andThen = (...more: readonly { readonly type: string; readonly percent?: number }[]) => {
    const last = broken.events.at(-1)
    return recordingOf([...broken.events, ...more.map((one) => ({ ...last, ...one }) as LaunchEvent)])
  }

  test('begins with its first confirmed stage, from the launch as it was before', () => {
    expect(whole.beginsAt).toBe(raised(10))
    expect(whole.before).toMatchObject({ flag: null, n: 2 })
    const unconfirmed = quiet.events.slice(
      0,
      quiet.events.findIndex(({ type }) => type === 'flag-confirmed'),
    )
    expect(journalRecording(unconfirmed, step)).toBeNull()
    const elsewhere = quiet.events.map((event) =>
      event.type === 'flag-intended' ? { ...event, step: 'other/canary' } : event,
    )
    expect(journalRecording(elsewhere, step)).toBeNull()
  })

  test('its stages were raised when they were, and never again', () => {
    expect(whole.raisedAt(30, at(0))).toBe(raised(30))
    expect(whole.raisedAt(30, raised(30))).toBe(raised(30))
    expect(whole.raisedAt(30, raised(50))).toBeNull()
    expect(whole.raisedAt(20, at(0))).toBeNull()
  })

  test('its looks were when they were; after the last of a stage it says what became of the launch', () => {
    const looks = quiet.events.filter((event) => event.type === 'gate-judged')
    const [first, second] = looks
    if (!first || !second) throw new Error('no looks')
    expect(whole.lookAt(10, at(0))).toBe(first.window.to)
    expect(whole.lookAt(10, first.window.to)).toBe(first.window.to)
    expect(Number(whole.lookAt(30, at(0)))).toBeGreaterThanOrEqual(raised(30))
    expect(whole.lookAt(10, raised(50))).toBe('the recorded launch went on to 30 % there')
    const later = at(500)
    expect(whole.lookAt(100, later)).toBe('the recording ends there')
    expect(andThen().lookAt(10, later)).toBe('the recording ends there')
    expect(andThen({ type: 'rolled-back' }).lookAt(10, later)).toBe('the recorded launch was rolled back there')
    expect(andThen({ type: 'rollback-found' }).lookAt(10, later)).toBe('the recorded launch was rolled back there')
    expect(andThen({ type: 'noted' }, { type: 'flag-intended', percent: 30 }).lookAt(10, later)).toBe(
      'the recorded launch went on to 30 % there',
    )
  })

  const requests: Need = { need: 'series', metric: 'requests' }

  test('what was seen is that of the newest look of the same stage by then', () => {
    const looks = quiet.events.filter((event) => event.type === 'gate-judged')
    const [one, two] = looks.filter(({ stage }) => stage === 30)
    if (!one || !two) throw new Error('no looks')
    const seen = (from: number, to: number) =>
      whole.evidenceAt([requests], { from: epochMs(from), to: epochMs(to) }, [])[needKey(requests)]
    expect(seen(one.window.from, one.window.to)).toEqual(one.evidence[needKey(requests)])
    expect(seen(one.window.from, two.window.to - 1)).toEqual(one.evidence[needKey(requests)])
    expect(seen(one.window.from, two.window.to)).toEqual(two.evidence[needKey(requests)])
    expect(seen(one.window.from, one.window.to - 1)).toBeUndefined()
    expect(seen(one.window.from + 1, two.window.to)).toBeUndefined()
    const { from, to } = one.window
    expect(whole.evidenceAt([{ need: 'git' }], { from, to }, [])).toEqual({})
    // A gate that was looked at elsewhere at the same time is another one.
    const elsewhere = recordingOf(
      quiet.events.map((event) => (event.type === 'gate-judged' ? { ...event, key: 'full' } : event)),
    )
    expect(elsewhere.evidenceAt([requests], { from, to }, [])).toEqual({})
  })

  test('what it never saw is named', () => {
    const needs: readonly Need[] = [
      requests,
      { need: 'series', metric: 'visits' },
      { need: 'series', metric: 'board-load', cut: 601 },
      { need: 'window', metric: 'visits', stat: 'p95' },
      { need: 'git' },
    ]
    expect(whole.lacks(needs)).toEqual(['visits', 'board-load at or above 601', 'visits p95', 'git'])
  })
})

test('a verdict of a gate that the run sheet no longer has cannot be had again', () => {
  const moved = quiet.events.map((event) => (event.type === 'gate-judged' ? { ...event, gate: 'gone' } : event))
  const found = rejudge(plan, moved)
  expect(found.length).toBeGreaterThan(5)
  expect(found.every(({ found: how, again }) => how === 'gone' && again === null)).toBe(true)
  const elsewhere = quiet.events.map((event) =>
    event.type === 'gate-judged' ? { ...event, environment: 'staging' } : event,
  )
  expect(new Set(rejudge(plan, elsewhere).map(({ found: how }) => how))).toEqual(new Set(['gone']))
  expect(rejudge(plan, quiet.events.slice(1))).toEqual([])
})

test('a look at some of the checks is judged again by those', () => {
  const some = quiet.events.map((event) =>
    event.type === 'gate-judged' ? { ...event, checks: event.checks.slice(0, 2) } : event,
  )
  const again = rejudge(plan, some).map((one) => one.again?.checks.length)
  expect(new Set(again)).toEqual(new Set([2]))
})

test('the verdict of a single check that differs is a difference, though the gate’s is the same', () => {
  const one = quiet.events.map((event) =>
    event.type === 'gate-judged'
      ? {
          ...event,
          checks: event.checks.map((check, n) =>
            n === 0 ? { ...check, judgement: { ...check.judgement, verdict: 'waived' as const } } : check,
          ),
        }
      : event,
  )
  expect(new Set(rejudge(plan, one).map(({ found }) => found))).toEqual(new Set(['different']))
})
