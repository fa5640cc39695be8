import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { WorldClock } from '../../src/sandbox/clock.ts'
import { tempDir } from '../support/temp-dir.ts'
import { never, startAt } from './support/sandbox.ts'

const minute = 60_000

async function openClock(options: { speed?: number; quietMs?: number } = {}) {
  const dir = await tempDir()
  const open = () => new WorldClock({ path: dir.file('clock'), startAt, speed: null, quietMs: 0, ...options })
  const clock = open()
  return {
    clock,
    open,
    [Symbol.asyncDispose]: async () => {
      clock.close()
      await dir[Symbol.asyncDispose]()
    },
  }
}

/** Long enough in wall time for a jump that is due to happen. */
const aWhile = () => new Promise((resolve) => setTimeout(resolve, 30))

test('time jumps to the wake-up when the only driver sleeps', async () => {
  await using scene = await openClock()
  const { clock } = scene
  const driver = clock.join()
  const before = performance.now()
  expect(await clock.sleep(driver, startAt + 80 * minute, null, never)).toEqual({
    reached: true,
    now: startAt + 80 * minute,
  })
  expect(performance.now() - before).toBeLessThan(1000)
})

test('time stands still while one of two drivers is awake, and goes from wake-up to wake-up', async () => {
  await using scene = await openClock()
  const { clock } = scene
  const [a, b] = [clock.join(), clock.join()]
  const seen: string[] = []
  const first = clock
    .sleep(a, startAt + 2 * minute, null, never)
    .then(({ now }) => seen.push(`a ${(now - startAt) / minute}`))
  await aWhile()
  expect(clock.now()).toBe(startAt)
  await clock.sleep(b, startAt + minute, null, never)
  seen.push('b 1')
  await aWhile()
  expect(clock.now()).toBe(startAt + minute)
  clock.leave(b)
  await first
  expect(seen).toEqual(['b 1', 'a 2'])
})

test('time stands still while a request is in flight', async () => {
  await using scene = await openClock()
  const { clock } = scene
  const driver = clock.join()
  clock.began()
  const slept = clock.sleep(driver, startAt + minute, null, never)
  await aWhile()
  expect(clock.now()).toBe(startAt)
  clock.ended()
  expect((await slept).now).toBe(startAt + minute)
})

test('without drivers time stands still', async () => {
  await using scene = await openClock()
  await aWhile()
  expect(scene.clock.now()).toBe(startAt)
  expect(scene.clock.advance(5000)).toBe(startAt + 5000)
})

test('a held clock stops at the instant until it is released', async () => {
  await using scene = await openClock()
  const { clock } = scene
  const driver = clock.join()
  clock.hold(startAt + 30_500)
  const slept = clock.sleep(driver, startAt + minute, null, never)
  expect(await clock.held(1000)).toBe(true)
  expect(clock.now()).toBe(startAt + 30_500)
  await aWhile()
  expect(clock.now()).toBe(startAt + 30_500)
  clock.release()
  expect((await slept).now).toBe(startAt + minute)
})

test('a long-poll ends after its wall time, and an aborted one at once', async () => {
  await using scene = await openClock()
  const { clock } = scene
  const [a] = [clock.join(), clock.join()]
  expect(await clock.sleep(a, startAt + minute, 20, never)).toEqual({ reached: false, now: startAt })
  const abort = new AbortController()
  const slept = clock.sleep(a, startAt + minute, null, abort.signal)
  abort.abort()
  expect((await slept).reached).toBe(false)
})

test('two sleeps of one driver do not block each other for good', async () => {
  await using scene = await openClock()
  const { clock } = scene
  const driver = clock.join()
  const long = clock.sleep(driver, startAt + 2 * minute, null, never)
  await clock.sleep(driver, startAt + minute, null, never)
  expect((await long).now).toBe(startAt + 2 * minute)
})

test('a clock opened again goes on where anybody last saw it, also a running one', async () => {
  await using jumping = await openClock()
  await jumping.clock.sleep(jumping.clock.join(), startAt + minute, null, never)
  const again = jumping.open()
  expect(again.now()).toBe(startAt + minute)
  again.close()
  await using running = await openClock({ speed: 600 })
  await aWhile()
  const seen = running.clock.now()
  const reopened = running.open()
  expect(reopened.now()).toBeGreaterThanOrEqual(seen)
  reopened.close()
})

test('a clock with a speed runs that many times as fast as real time, and never jumps', async () => {
  await using scene = await openClock({ speed: 600 })
  const { clock } = scene
  const before = performance.now()
  const { now } = await clock.sleep(clock.join(), startAt + minute, null, never)
  const wallMs = performance.now() - before
  // 60 s at 600 × is 100 ms.
  expect(wallMs).toBeGreaterThan(85)
  expect(now).toBeGreaterThanOrEqual(startAt + minute)
  clock.hold(epochMs(now + 1000))
  await aWhile()
  expect(clock.now()).toBe(now + 1000)
})

test('after a takeover time waits until the other drivers have had time to join again', async () => {
  await using scene = await openClock({ quietMs: 150 })
  const { clock } = scene
  const before = performance.now()
  await clock.sleep(clock.join(), startAt + minute, null, never)
  expect(performance.now() - before).toBeGreaterThan(140)
})
