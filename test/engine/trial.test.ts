import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import type { RecordedMetrics } from '../../src/core/recorded.ts'
import type { Replay } from '../../src/engine/replay-rollout.ts'
import { tallyOf, tryOut, type Trial } from '../../src/engine/trial.ts'
import { canaryOf, everybodys, planOf, recorded } from '../support/backtests.ts'

const at = epochMs(0)
const trial = (limit: string | null, ended: Replay['ended'], minutes: number): Trial => ({
  of: 'one',
  limit,
  replay: { ended, why: '', stage: null, beganAt: at, at, shifts: [], events: [] },
  minutes,
})

test('a tally counts the ends of its own limit, and its time is the middle one of those that were decided', () => {
  const all = [
    trial('1%', 'stopped', 9),
    trial('1%', 'stopped', 4),
    trial('1%', 'promoted', 48),
    trial('1%', 'held', 30),
    trial('1%', 'undecided', 1),
    trial('2%', 'promoted', 2),
    trial(null, 'held', 3),
  ]
  expect(tallyOf('1%', all)).toEqual({
    limit: '1%',
    trials: all.slice(0, 5),
    stopped: 2,
    held: 1,
    promoted: 1,
    undecided: 1,
    minutes: 9,
  })
  expect(tallyOf(null, all)).toMatchObject({ held: 1, promoted: 0, minutes: 3 })
  expect(tallyOf('1%', all.slice(0, 3)).minutes).toBe(9)
  expect(tallyOf('1%', all.slice(4))).toMatchObject({ undecided: 1, minutes: null })
})

/** With samples counted above the limit of every check. */
function countedAt200(metrics: RecordedMetrics): RecordedMetrics {
  const drawer = metrics['drawer-open']
  if (!drawer || drawer.told) throw new Error('no such metric')
  const all = new Map([...drawer.all].map(([start, minute]) => [start, { ...minute, over: { '200': 0 } }]))
  return { ...metrics, 'drawer-open': { told: false, all } }
}

// The threshold judge: quick, and of the same length.
const plan = planOf((sheet) =>
  sheet
    .replace('every: 30s', 'every: 60s')
    .replace('extendUpTo: 3x, gate: canary', 'extendUpTo: 3x, judge: threshold, gate: canary'),
)
const step = canaryOf(plan)

test('a rollout that is tried is told with how long it took, to a tenth of a minute', () => {
  const found = tryOut({ limit: '1%', plan, step }, 'Monday', recorded(plan, countedAt200(everybodys(90))))
  expect(found).toMatchObject({ of: 'Monday', limit: '1%', minutes: 48, replay: { ended: 'promoted' } })
})

test('a recording that lacks what the gate asks for is not judged, and says what it lacks', () => {
  const { errors: _, ...metrics } = countedAt200(everybodys(90))
  const recording = recorded(plan, metrics)
  expect(tryOut({ limit: null, plan, step }, 'Monday', recording)).toEqual({
    of: 'Monday',
    limit: null,
    minutes: 0,
    replay: {
      ended: 'undecided',
      why: 'not recorded: errors',
      stage: null,
      beganAt: recording.beginsAt,
      at: recording.beginsAt,
      shifts: [],
      events: [],
    },
  })
})
