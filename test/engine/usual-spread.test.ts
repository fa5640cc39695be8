import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { missing, seen, type Minute } from '../../src/core/evidence.ts'
import { countDispersion } from '../../src/core/stats/count-dispersion.ts'
import type { MetricNeed } from '../../src/engine/ports.ts'
import { usualSpreads } from '../../src/engine/usual-spread.ts'
import { launchWorld, tinyPlan, tinySheet } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000]
/** Some seconds after 18:40: hours are those of the clock's minutes all the same. */
const now = epochMs(Date.UTC(2026, 11, 8, 18, 40, 17))
const plan = tinyPlan(
  tinySheet.replace(
    'slo: [',
    'slo: [{ kind: spike, id: more, metric: errors, of: requests, per: 5m, observe: true }, { kind: spike, id: bare, metric: errors, per: 10m, observe: true }, ',
  ),
)
const among = new Set(['errors', 'requests'])

type Window = { readonly from: number; readonly to: number }

/** A world with errors by the minute, and what was asked of it. */
async function asking(errors: (start: number) => number | null, refuses: (window: Window) => boolean = () => false) {
  const asked: { readonly needs: readonly MetricNeed[]; readonly window: Window }[] = []
  const world = await launchWorld(plan)
  const ports = {
    ...world.ports(),
    metrics: async (needs: readonly MetricNeed[], _environment: unknown, window: Window) => {
      asked.push({ needs, window })
      return needs.map((need) => {
        if (refuses(window)) return missing('cloudwatch does not answer')
        if (need.need !== 'series') return missing('not asked for')
        const minutes: Minute[] = []
        for (let at = Math.ceil(window.from / minute) * minute; at < window.to; at += minute) {
          const sum = need.metric === 'errors' ? errors(at) : 1000
          if (sum !== null) minutes.push({ start: epochMs(at), count: 1, sum, over: null })
        }
        return seen({ periodMs: minute, lagMs: minute, query: 'q', minutes: { all: minutes }, alive: null })
      })
    },
  }
  return { asked, spreads: await usualSpreads(among, now, plan, ports, never) }
}

/** Errors of a minute: most in its day's own stretch, by a fixed pattern. */
const pattern = [3, 0, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7]
const errors = (start: number) => pattern[Math.floor(start / minute) % pattern.length] ?? 0

test('counts of this hour on seven days and of the last two hours say how far counts spread, for each check', async () => {
  const { asked, spreads } = await asking(errors)
  // 18:40 to 19:40 of each day and a lag; then 16:39 to 18:39 and a lag, what is settled now.
  const begins = Date.UTC(2026, 11, 8, 18, 40)
  const length = ({ from, to }: Window) => (to - from) / minute
  expect(asked.map(({ window }) => [(begins - window.from) / minute, length(window)])).toEqual([
    ...[7, 6, 5, 4, 3, 2, 1].map((days) => [(days * day) / minute, 61]),
    [121, 121],
  ])
  expect(asked.every(({ needs }) => needs.length === 2)).toBe(true)

  const windows = asked.flatMap(({ window: { from } }, index) => (index < 7 ? [from] : [from, from + hour]))
  const stretches = (perMs: number, all: number) =>
    windows.map((from) =>
      Array.from({ length: hour / perMs }, (_, i) => ({
        events: Array.from({ length: perMs / minute }, (_, k) => errors(from + i * perMs + k * minute)).reduce(
          (a, b) => a + b,
        ),
        among: all,
      })),
    )
  expect(spreads).toEqual({
    errors: [
      { perMs: 300_000, of: 'requests', ...countDispersion(stretches(300_000, 5000)) },
      { perMs: 600_000, ...countDispersion(stretches(600_000, 1)) },
    ],
  })
  expect(spreads['errors']?.map(({ stretches: m }) => m)).toEqual([96, 48])
})

test('a stretch with a missing minute is none, and a day that cannot be read is none', async () => {
  const gap = epochMs(Date.UTC(2026, 11, 6, 18, 42))
  const { spreads } = await asking((start) => (start === gap ? null : errors(start)))
  expect(spreads['errors']?.map(({ stretches: m }) => m)).toEqual([95, 47])

  const young = await asking(errors, ({ from }) => from < now - 2 * day)
  // One day, and two hours, less the loudest of the three.
  expect(young.spreads['errors']).toMatchObject([{ stretches: 24 }, { stretches: 12 }])
  const new_ = await asking(errors, ({ from }) => from < now - day / 2)
  expect(new_.spreads['errors']).toMatchObject([{ stretches: 12 }, { stretches: 6, dispersion: null }])
})

test('without a check that looks for spikes nothing is asked', async () => {
  const world = await launchWorld()
  const ports = {
    ...world.ports(),
    metrics: () => {
      throw new Error('asked')
    },
  }
  expect(await usualSpreads(among, now, tinyPlan(), ports, never)).toEqual({})
})

test('a launch journals the spread with its baseline, and judges by it', async () => {
  const world = await launchWorld(plan)
  await world.drive()
  const captured = (await world.events()).find((event) => event.type === 'baseline-captured')
  expect(captured?.metrics['errors']?.spreads).toMatchObject([
    { perMs: 300_000, of: 'requests', stretches: 96 },
    { perMs: 600_000, stretches: 48 },
  ])
  expect(captured?.metrics['requests']).not.toHaveProperty('spreads')
})
