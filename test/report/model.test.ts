import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../src/core/exit-code.ts'
import type { CheckResult, LaunchEvent } from '../../src/core/event.ts'
import type { Plan } from '../../src/core/plan.ts'
import { reportMarkdown } from '../../src/report/markdown.ts'
import { reportModel } from '../../src/report/model.ts'
import {
  healthyLaunch,
  heldAt10,
  recordedElsewhere,
  rolledBackAt30,
  rolledBackElsewhere,
} from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, signalOf } from '../support/views.ts'

function modelOf(events: readonly LaunchEvent[], plan: Plan = statusBoardPlan) {
  const model = reportModel({ plan, events, describeStep, signalOf })
  if (!model) throw new Error('no launch')
  return model
}

function endedAs(outcome: Outcome): readonly LaunchEvent[] {
  return healthyLaunch().events.map((event) => (event.type === 'launch-ended' ? { ...event, outcome } : event))
}

/** A rollout that is judged as one fails by its evidence, without a value to set against the limit. */
function judgedAsOne(check: CheckResult, why: string): CheckResult {
  return { ...check, judgement: { ...check.judgement, observed: null, limit: null, unit: '', why } }
}

describe('the report', () => {
  test.each<[Outcome, string]>([
    ['succeeded', 'SUCCESS'],
    ['held', 'PARTIAL'],
    ['stopped', 'PARTIAL'],
    ['rolled-back', 'FAILED'],
    ['failed', 'FAILED'],
    ['refused', 'FAILED'],
  ])('calls a launch that ended %s a %s', (outcome, status) => {
    expect(modelOf(endedAs(outcome)).status).toBe(status)
  })

  test('of a launch that is not over says so', () => {
    expect(modelOf(heldAt10().events).status).toBe('IN PROGRESS')
  })

  test('of no launch is nothing', () => {
    expect(reportModel({ plan: statusBoardPlan, events: [], describeStep, signalOf })).toBeNull()
  })

  test('tells why it was rolled back: the failing check, its value, the stage, the times', () => {
    const [story] = modelOf(rolledBackAt30().events).rollbacks

    expect(story).toMatchObject({ percent: 30, gate: 'canary', result: { ackedMs: 42, readBackMs: 65, edgeMs: 1180 } })
    expect(story?.failed.map(({ id, judgement }) => [id, judgement.observed, judgement.limit])).toEqual([
      ['board-load-p95', 1234.4, 800],
    ])
  })

  test('tells a rollback that was found in the flag and recorded as well once, with the users there were', () => {
    const { rollbacks, flag } = modelOf(recordedElsewhere().events)

    expect(rollbacks).toMatchObject([
      { percent: 10, trigger: 'operator', result: { outcome: 'restored', edgeMs: 900 } },
    ])
    expect(flag.filter(({ latched }) => latched)).toMatchObject([{ percent: 0, edgeMs: 900 }])
    expect(reportMarkdown(modelOf(recordedElsewhere().events))).toMatch(
      /Rollbacks: 1\n.*with 10% of users on the new version/,
    )
  })

  test('finds a headline named by its list, its id or its title', () => {
    const by = (headline: readonly string[]) =>
      modelOf(rolledBackAt30().events, { ...statusBoardPlan, report: { ...statusBoardPlan.report, headline } })
    const [title] = by(['board-load-p95']).headline.map(({ last }) => last.title)

    for (const name of ['board-load-p95', 'slo/board-load-p95', title ?? '']) {
      expect(by([name]).headline.map(({ last }) => last.id)).toEqual(['board-load-p95'])
      expect(by([name]).unseen).toEqual([])
    }
    expect(by(['slo/unheard-of'])).toMatchObject({ headline: [], unseen: ['slo/unheard-of'] })
  })

  test('of a fail without a value says the reason in its place', () => {
    const why = '14.3% of 1,596 against 0.101% of 3,957 in the old version'
    const events = rolledBackAt30().events.map((event) =>
      event.type === 'gate-judged' && event.verdict === 'fail'
        ? {
            ...event,
            checks: event.checks.map((check) => (check.id === 'board-load-p95' ? judgedAsOne(check, why) : check)),
          }
        : event,
    )
    const model = modelOf(events)

    expect(model.headline.find(({ last }) => last.id === 'board-load-p95')).toMatchObject({
      stage: 30,
      failed: { stage: 30 },
    })
    const markdown = reportMarkdown(model)
    expect(markdown).toContain(`| board-load p95 < 800ms | ${why} | fail | 4,210 | 30%,`)
    expect(markdown).toContain(`Failed check of gate canary: board-load p95 < 800ms (4,210 samples): ${why}`)
  })

  test('does not blame a gate for a rollback from elsewhere', () => {
    const [story] = modelOf(rolledBackElsewhere().events).rollbacks

    expect(story).toMatchObject({
      by: 'On Call <oncall@sb.example>',
      percent: 10,
      failed: [],
      gate: null,
      trigger: null,
      result: null,
    })
  })

  test('has the headline checks of production, last value and failed value', () => {
    const board = modelOf(rolledBackAt30().events).headline.find(({ last }) => last.id === 'board-load-p95')

    expect(board).toMatchObject({ stage: 30, last: { judgement: { observed: 1234.4 } }, failed: { stage: 30 } })
    expect(modelOf(heldAt10().events).unseen).toEqual([
      'board-load p95 < 800ms',
      'drawer-open average < 200ms',
      'errors / requests < 1%',
    ])
  })

  test('without named headline checks takes every check with a number and a limit', () => {
    const plan = { ...statusBoardPlan, report: { ...statusBoardPlan.report, headline: [] } }

    expect(modelOf(rolledBackAt30().events, plan).headline.map(({ last }) => last.id)).toEqual([
      'board-load-p95',
      'drawer-open-average',
      'errors-ratio',
      'occ-conflicts-count',
    ])
  })

  test('counts user adoption over the minutes that were seen, and compares with the baseline', () => {
    const { adoption, deltas } = modelOf(healthyLaunch().events)

    // 14 minutes of 112 interactions each were journaled; the baseline had 3,000 in 30 minutes.
    expect(adoption).toEqual({ metric: 'interactions', interactions: 14 * 112, coveredMs: 14 * 60_000 })
    expect(deltas).toEqual([
      // Each sample of it is one interaction: its mean says nothing.
      {
        metric: 'interactions',
        percent: 100,
        before: { mean: null, perMinute: 100 },
        after: { mean: null, perMinute: 112 },
      },
    ])
  })

  test('has every change of the flag with its propagation times', () => {
    expect(
      modelOf(rolledBackAt30().events).flag.map(({ percent, latched, ackedMs, edgeMs }) => [
        percent,
        latched,
        ackedMs,
        edgeMs,
      ]),
    ).toEqual([
      [10, false, 41, 80],
      [30, false, 41, 80],
      [0, true, 42, 1180],
    ])
  })
})
