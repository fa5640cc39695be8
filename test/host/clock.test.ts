import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { neverBack, systemClock } from '../../src/host/clock.ts'

const never = new AbortController().signal

test('sleeps until the instant, not shorter', async () => {
  const clock = systemClock()
  const until = epochMs(clock.now() + 60)

  await clock.sleepUntil(until, never)

  expect(clock.now()).toBeGreaterThanOrEqual(until)
  expect(clock.now() - until).toBeLessThan(2000)
})

test('an instant in the past is no wait', async () => {
  const clock = systemClock()
  const startedMs = clock.monotonicMs()

  await clock.sleepUntil(epochMs(clock.now() - 1000), never)

  expect(clock.monotonicMs() - startedMs).toBeLessThan(50)
})

test('a wait of a year neither ends at once nor outlives its abort', async () => {
  const clock = systemClock()
  const aborter = new AbortController()
  const asleep = clock.sleepUntil(epochMs(clock.now() + 365 * 86_400_000), aborter.signal)
  const first = await Promise.race([
    asleep.then(() => 'woke'),
    new Promise((resolve) => setTimeout(() => resolve('asleep'), 50)),
  ])

  aborter.abort(new Error('captain pressed Ctrl-C'))

  expect(first).toBe('asleep')
  await expect(asleep).rejects.toThrow('captain pressed Ctrl-C')
})

test('an aborted signal refuses to sleep at all, also when the time has come', async () => {
  const clock = systemClock()

  await expect(clock.sleepUntil(epochMs(0), AbortSignal.abort(new Error('already')))).rejects.toThrow('already')
})

test('a clock that is set back does not make a wait longer', async () => {
  const clock = systemClock()
  const real = Date.now
  const startedMs = clock.monotonicMs()
  const asleep = clock.sleepUntil(epochMs(clock.now() + 80), never)
  Date.now = () => real() - 3_600_000
  try {
    await asleep
  } finally {
    Date.now = real
  }
  expect(clock.monotonicMs() - startedMs).toBeLessThan(2000)
})

test('a clock that is set back is not followed, whatever it says later; one that is ahead is', () => {
  let [wall, passed] = [1_000_000, 50]
  const hands = { wall: () => wall, monotonic: () => passed }
  const now = neverBack(hands)
  const clock = systemClock(hands)
  const pass = (ms: number) => {
    wall += ms
    passed += ms
  }
  pass(1000)
  expect(now()).toBe(1_001_000)
  wall -= 600_000
  expect(now()).toBe(1_001_000)
  // It is noticed all the same: the journal says why its times do not add up.
  expect(clock.jumpedMs?.()).toBe(-600_000)
  pass(60_000)
  expect([now(), clock.now()]).toEqual([1_061_000, 1_061_000])
  // Set right again.
  wall += 600_000
  expect(now()).toBe(1_061_000)
  // A laptop slept for an hour: the other clock stood still.
  wall += 3_600_000
  expect(now()).toBe(4_661_000)
})
