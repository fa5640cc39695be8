import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { FlagStore, Wait } from '../../src/core/ports.ts'
import { forceOffUntilConfirmed } from '../../src/flags/latch.ts'
import { flagAt } from '../contract/flag-store.contract.ts'
import { documentStoreOver } from '../support/document-store-over.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never } from '../support/real-time.ts'

const startedAt = Date.UTC(2026, 11, 1, 18)

/** A clock that only the waits move, so that elapsed times are exact. */
function time() {
  let ms = 0
  const wait: Wait = async (forMs, signal) => {
    signal.throwIfAborted()
    ms += forMs
  }
  return { clock: { monotonicMs: () => ms, now: () => epochMs(startedAt + ms) }, wait, elapsed: () => ms }
}

const latch = flagAt(0, { writeId: 'latch', latched: true, reason: 'errors at 4 %' })
const storeOf = () => documentStoreOver(memoryObjectStore()).open()

/** The store, with some of its calls failing or doing something first. */
function troubled(
  store: FlagStore,
  trouble: Partial<Record<'read' | 'forceOff', (call: number) => void | Promise<void>>>,
): FlagStore {
  const calls = { read: 0, forceOff: 0 }
  return {
    ...store,
    read: async (signal) => {
      await trouble.read?.((calls.read += 1))
      return store.read(signal)
    },
    forceOff: async (flag, signal) => {
      await trouble.forceOff?.((calls.forceOff += 1))
      return store.forceOff(flag, signal)
    },
  }
}
const unreachable = () => new LaunchError('UNREACHABLE', 's3 PutObject: ECONNREFUSED')

test('turns the flag off and reads it back twice, a second apart', async () => {
  const store = storeOf()
  await store.write(flagAt(30), null, never)
  const { clock, wait } = time()
  const done = await forceOffUntilConfirmed(store, { flag: latch, clock, wait }, never)
  expect(done).toEqual({ ackedMs: 0, readBackMs: 1000, attempts: 1, writeId: 'latch' })
  expect(await store.read(never)).toMatchObject({ flag: { percent: 0, latched: true, writeId: 'latch' } })
})

test('keeps trying while the store is down, at most a second apart', async () => {
  const { clock, wait } = time()
  const store = troubled(storeOf(), {
    forceOff: (call) => {
      if (call <= 6) throw unreachable()
    },
  })
  const seen: number[] = []
  const done = await forceOffUntilConfirmed(
    store,
    { flag: latch, clock, wait, onTrouble: (_error, n) => seen.push(n) },
    never,
  )
  expect(seen).toEqual([1, 2, 3, 4, 5, 6])
  expect(done).toEqual({
    ackedMs: 100 + 200 + 400 + 800 + 1000 + 1000,
    readBackMs: 4500,
    attempts: 7,
    writeId: 'latch',
  })
})

test.each([50, 0])('writes again when a late write of %d % without a latch landed on top of it', async (percent) => {
  const store = storeOf()
  const { clock, wait } = time()
  const raced = troubled(store, {
    read: async (call) => {
      if (call !== 2) return
      const found = await store.read(never)
      if (found.status === 'present') await store.write(flagAt(percent), found.version, never)
    },
  })
  const done = await forceOffUntilConfirmed(raced, { flag: latch, clock, wait }, never)
  expect(done.attempts).toBe(2)
  expect(await store.read(never)).toMatchObject({ flag: { percent: 0, latched: true } })
})

test('does not go on trying what a person has to mend', async () => {
  const { clock, wait } = time()
  const store = troubled(storeOf(), {
    forceOff: () => {
      throw new LaunchError('FORBIDDEN', 's3 PutObject: Access Denied')
    },
  })
  await expect(forceOffUntilConfirmed(store, { flag: latch, clock, wait }, never)).rejects.toMatchObject({
    code: 'FORBIDDEN',
  })
})

test('says that it is off but not confirmed when it may not be read', async () => {
  const { clock, wait } = time()
  const store = troubled(storeOf(), {
    read: () => {
      throw new LaunchError('FORBIDDEN', 's3 GetObject: Access Denied')
    },
  })
  await expect(forceOffUntilConfirmed(store, { flag: latch, clock, wait }, never)).rejects.toMatchObject({
    code: 'ROLLBACK_FAILED',
    message: 's3://memory/flags/board.json was turned off but not read back: s3 GetObject: Access Denied',
  })
})

test('a signal ends the trying', async () => {
  const { clock, wait } = time()
  const controller = new AbortController()
  const store = troubled(storeOf(), {
    forceOff: (call) => {
      if (call === 3) controller.abort(new Error('SIGINT'))
      throw unreachable()
    },
  })
  await expect(forceOffUntilConfirmed(store, { flag: latch, clock, wait }, controller.signal)).rejects.toThrow('SIGINT')
})

test('is a new rollback when its latch was acknowledged and gone over before it was read back', async () => {
  const inner = storeOf()
  const { clock, wait } = time()
  const store = troubled(inner, {
    read: async (call) => {
      if (call !== 1) return
      // The process stood still: somebody acknowledged the latch and raised the flag meanwhile.
      const reading = await inner.read(never)
      if (reading.status === 'present') await inner.write(flagAt(10, { acks: ['latch'] }), reading.version, never)
    },
  })
  const done = await forceOffUntilConfirmed(store, { flag: latch, clock, wait }, never)
  expect(done.attempts).toBe(2)
  const reading = await inner.read(never)
  expect(reading).toMatchObject({ flag: { percent: 0, latched: true } })
  expect(reading.status === 'present' && reading.flag.writeId).not.toBe('latch')
})

test('is a new rollback when its answer was lost and what it wrote may have been gone over before it is tried again', async () => {
  for (const [awayMs, isNew] of [
    [5000, false],
    [10_000, true],
  ] as const) {
    const inner = storeOf()
    const { clock, wait, elapsed } = time()
    const store: FlagStore = {
      ...inner,
      forceOff: async (flag, signal) => {
        if (elapsed() > 0 && elapsed() < awayMs) throw unreachable()
        const version = await inner.forceOff(flag, signal)
        if (elapsed() === 0) throw unreachable()
        return version
      },
    }
    const done = await forceOffUntilConfirmed(store, { flag: latch, clock, wait }, never)
    const reading = await inner.read(never)
    if (reading.status !== 'present') throw new Error('there is no flag')
    expect(reading.flag).toMatchObject({ percent: 0, latched: true, writeId: done.writeId })
    expect([done.writeId !== 'latch', reading.flag.updatedAt > latch.updatedAt], String(awayMs)).toEqual([isNew, isNew])
  }
})
