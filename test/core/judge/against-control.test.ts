import { expect, test } from 'vitest'
import { againstControl, comparedSoFar, incidentMinute } from '../../../src/core/judge/against-control.ts'
import { SignalMinutes, type MinuteCounts } from '../../../src/core/judge/minutes.ts'
import { comparedSignal, rules, shareSignal, type Signal } from '../../../src/core/judge/plan.ts'
import { startsAt } from '../../../src/core/stats/e-process.ts'
import { times } from '../../support/looks.ts'

/** [requests, errors] of the canary and of the control, minute by minute; null: no data. */
type Told = readonly [canary: readonly [number, number] | null, control: readonly [number, number] | null]
const counts = (told: readonly [number, number] | null): MinuteCounts | null =>
  told && { n: told[0], above: [told[1]], sum: told[0] * 10 }

function minutesOf(told: readonly Told[], signal: Signal = shareSignal('errors', 0.01)): SignalMinutes {
  const minutes = new SignalMinutes(signal, [2, 4])
  for (const [t, [canary, control]] of told.entries()) minutes.put(t, counts(canary), counts(control))
  minutes.addUp(told.length, told.length, new Uint8Array(256), 0)
  return minutes
}
const against = (told: readonly Told[], incident = -1) =>
  againstControl(minutesOf(told), told.length, startsAt(told.length, [0], 4), rules, incident)
const same: Told = [
  [1000, 3],
  [9000, 27],
]
const worse: Told = [
  [1000, 60],
  [9000, 27],
]

test('what is too little to matter stays as it is: no effect, no dispersion, nothing said', () => {
  const found = against(times(10, same))
  expect(found).toMatchObject({ effect: null, dispersion: 1, incident: null })
  expect(found).toMatchObject({ convinced: false, doubtful: false, suspects: false, warns: false })
  const { log, tempered, besides, levelled, others } = found ?? {}
  expect(new Set([log, tempered, besides, levelled, others]).size).toBe(1)
  expect(found?.needed).toBeCloseTo(Math.log(1 / 0.0167), 12)
})

test('a regression is convincing, with both versions since it began, and everything that is less than convincing is said too', () => {
  const found = against([...times(5, same), ...times(5, worse)])
  expect(found).toMatchObject({ onset: 5, convinced: true, doubtful: true, suspects: true, warns: true })
  expect(found?.effect).toMatchObject({
    canary: { n: 5000, above: [300], mean: 10 },
    control: { n: 45_000, above: [135] },
    holds: [{ of: 'share', cut: 0 }],
  })
})

test('one minute alone convinces nobody, however loud', () => {
  const found = against([...times(9, same), worse])
  expect(found?.log).toBeGreaterThan(found?.needed ?? Infinity)
  expect(found).toMatchObject({ convinced: false })
  expect(found?.others).toBeLessThan(0.1)
})

test('the minute of an incident is left out where it is asked to be, the first one too', () => {
  const told = [worse, ...times(5, same), worse]
  const [none, first] = [against(told), against(told, 0)]
  expect([none?.incident, first?.incident]).toEqual([null, 0])
  expect(first?.tempered).toBe(none?.tempered)
  expect(none?.besides).toBe(none?.tempered)
  expect(first?.besides).toBeLessThan(first?.tempered ?? 0)
})

test('minutes in which one version has no data are no part of either', () => {
  const told: readonly Told[] = [
    ...times(3, worse),
    [[500, 500], null],
    [null, [500, 0]],
    [
      [0, 0],
      [70, 0],
    ],
    worse,
  ]
  expect(against(told)?.effect).toMatchObject({
    canary: { n: 4000, above: [240] },
    control: { n: 36_000, above: [108] },
  })
})

test('a signal without a limit is enough once its floor is reached, of minutes that count and that both versions have', () => {
  const signal = { ...comparedSignal('errors', 'share', 1, 2, 0.01), floor: 2000 }
  const told: readonly Told[] = [same, [[500, 1], null], same, same]
  const mask = new Uint8Array(256)
  mask[2] = 1
  const found = comparedSoFar(minutesOf(told, signal), 4, mask)
  expect(found).toMatchObject({ canary: { n: 2000, above: [6] }, control: { n: 18_000, above: [54] }, enough: true })
  expect(comparedSoFar(minutesOf(told, { ...signal, floor: 2001 }), 4, mask)).toMatchObject({ enough: false })
  expect(comparedSoFar(minutesOf(told, signal), 3, mask)).toMatchObject({ canary: { n: 1000 }, enough: false })
  expect(comparedSoFar(minutesOf(told, shareSignal('errors', 0.01)), 4, mask)).toBeNull()
  const bounded = { ...signal, mean: { limit: 200, floor: 50 } }
  expect(comparedSoFar(minutesOf(told, bounded), 4, mask)).toBeNull()
})

test('an incident is the minute in which the second loudest of several signals is loudest; a twin is no second', () => {
  const [calm, loud] = [minutesOf([...times(4, same), same]), minutesOf([same, worse, same, worse, same])]
  const louder = minutesOf([
    same,
    same,
    same,
    [
      [1000, 90],
      [9000, 27],
    ],
    same,
  ])
  expect(incidentMinute([calm, loud], 5, rules)).toBe(-1)
  expect(incidentMinute([loud, louder], 5, rules)).toBe(3)
  expect(incidentMinute([louder, loud], 5, rules)).toBe(3)
  expect(incidentMinute([louder, calm, loud], 5, rules)).toBe(3)
  expect(incidentMinute([louder, loud], 3, rules)).toBe(-1)
  expect(incidentMinute([loud, loud], 5, rules)).toBe(1)
  expect(incidentMinute([loud], 5, rules)).toBe(-1)
  const twin = minutesOf([same, worse, same, worse, same], { ...shareSignal('errors', 0.01), isTwin: true })
  expect(incidentMinute([loud, twin], 5, rules)).toBe(-1)
})
