import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { Charts } from '../../src/report/charts.ts'
import { reportModel } from '../../src/report/model.ts'
import { goldenJournals } from '../support/golden-journals.ts'
import { raisedAt, signalsOf } from '../support/html-page.ts'
import { healthyLaunch, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep, signalOf } from '../support/views.ts'

const minute = 60_000

function chartsOf(told: Pick<Parameters<typeof reportModel>[0], 'plan' | 'events'>): Charts {
  const charts = reportModel({ ...told, describeStep, signalOf })?.charts
  if (!charts) throw new Error('no charts')
  return charts
}

describe('what a report draws', () => {
  test('has every minute of both versions, without those that are missing', () => {
    const [slo] = chartsOf(signalsOf({ minutes: 5, missing: [2], average: (index) => 100 + index })).slos

    expect(slo).toMatchObject({ title: 'Drawer', unit: 'ms', limit: 200, everyMs: minute })
    expect(
      slo?.lines.map(({ of, points }) => [of, points.map(({ at, value }) => [(at - raisedAt) / minute, value])]),
    ).toEqual([
      [
        'canary',
        [
          [0, 100],
          [1, 101],
          [3, 103],
          [4, 104],
        ],
      ],
      [
        'control',
        [
          [0, 50],
          [1, 50.5],
          [3, 51.5],
          [4, 52],
        ],
      ],
    ])
  })

  test('says which minutes had not settled when they were seen', () => {
    // One minute long and one minute late: of five minutes seen at their end the last has not settled.
    const [slo] = chartsOf(signalsOf({ minutes: 5 })).slos

    expect(slo?.lines[0]?.points.map(({ settled }) => settled)).toEqual([true, true, true, true, false])
  })

  test('adds neighbouring minutes up where there are too many: the average stays exact', () => {
    const [slo] = chartsOf(signalsOf({ minutes: 300, average: (index) => index })).slos
    const points = slo?.lines[0]?.points ?? []

    expect(slo?.everyMs).toBe(2 * minute)
    expect(points.slice(0, 2)).toEqual([
      { at: raisedAt, value: 0.5, samples: 20, settled: true },
      { at: raisedAt + 2 * minute, value: 2.5, samples: 20, settled: true },
    ])
  })

  test('begins five minutes before the first stage and ends with the launch, whatever is noted later', () => {
    const { plan, events } = signalsOf({ minutes: 5 })
    const last = events.at(-1)
    if (!last) throw new Error('no events')
    const later: LaunchEvent = {
      ...last,
      type: 'noted',
      text: 'a week later',
      n: 9,
      at: epochMs(last.at + 7 * 86_400_000),
    }

    expect(chartsOf({ plan, events: [...events, later] })).toMatchObject({
      from: raisedAt - 5 * minute,
      to: raisedAt + 5 * minute,
    })
  })

  test('has the stages of the canary one after the other', () => {
    const { bands, marks, to } = chartsOf({ plan: statusBoardPlan, events: healthyLaunch().events })

    expect(bands.map(({ percent }) => percent)).toEqual([10, 30, 50, 100])
    expect(bands.slice(1).map(({ from }) => from)).toEqual(bands.slice(0, -1).map((band) => band.to))
    expect(bands.at(-1)?.to).toBe(to)
    expect(marks).toEqual([])
  })

  test('marks a rollback when it happened, from when on nobody has the new version', () => {
    const { events } = rolledBackAt30()
    const { bands, marks } = chartsOf({ plan: statusBoardPlan, events })

    const at = events.find(({ type }) => type === 'rolled-back')?.at
    expect(marks).toEqual([{ at, label: 'rollback' }])
    expect(bands.at(-1)).toMatchObject({ from: at, percent: 0 })
  })

  test('draws what every look saw where a check tells no minutes', () => {
    const board = chartsOf({ plan: statusBoardPlan, events: rolledBackAt30().events }).slos.find(
      ({ id }) => id === 'board-load-p95',
    )

    expect(board).toMatchObject({ everyMs: null, limit: 800, unit: 'ms' })
    expect(board?.lines[0]?.points.at(-1)).toMatchObject({ value: 1234.4, samples: 4210 })
  })

  test('of a launch the sandbox played is the spike that rolled it back', async () => {
    const journal = (await goldenJournals()).find(({ name }) => name === 'rolled-back')
    const { slos } = chartsOf({
      plan: JSON.parse(journal?.plan ?? '').plan,
      events: (journal?.lines ?? []).map((line) => JSON.parse(line) as LaunchEvent),
    })
    const errors = slos.find(({ id }) => id === 'error-rate')
    const highest = (of: string) =>
      Math.max(...(errors?.lines.find((line) => line.of === of)?.points.map(({ value }) => value) ?? []))

    expect(slos.map(({ id, limit }) => [id, limit])).toEqual([
      ['board-p95', expect.closeTo(0.05)],
      ['drawer-average', 200],
      ['error-rate', 0.01],
    ])
    expect(highest('canary')).toBeGreaterThan(0.1)
    expect(highest('control')).toBeLessThan(0.01)
  })
})
