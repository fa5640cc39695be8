import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { mayReplace, type FlagState } from '../../src/core/flag.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { never } from '../support/real-time.ts'

export type FlagStoreUnderTest = {
  /** Opens the same flag once more, as another process would. */
  open(): FlagStore
  /** Puts something that launch would not have written. */
  spoil(text: string): Promise<void>
}

export function flagAt(percent: number, more: Partial<FlagState> = {}): FlagState {
  return {
    key: 'board',
    percent,
    serial: 1_764_612_000_000 + Math.round(percent * 100),
    writeId: `write-${percent}`,
    latched: false,
    acks: [],
    launch: '01JDZX3V5K8M',
    updatedAt: epochMs(Date.UTC(2026, 11, 1, 18, 0, 0)),
    updatedBy: 'ci@example.test',
    reason: 'stage "10%" passed <b>',
    ...more,
  }
}

/** `make` gives a flag nobody has written yet; null skips the suite. */
export function flagStoreContract(name: string, make: () => Promise<FlagStoreUnderTest | null>): void {
  describe(`flag store: ${name}`, () => {
    const it = (sentence: string, run: (store: FlagStore, under: FlagStoreUnderTest) => Promise<void>) =>
      test(sentence, async (context) => {
        const under = await make()
        if (under === null) return context.skip('not available here')
        expect.hasAssertions()
        await run(under.open(), under)
      })

    it('is absent before anybody wrote it', async (store) => {
      expect(await store.read(never)).toEqual({ status: 'absent' })
      expect((await store.observe(never)).reading).toEqual({ status: 'absent' })
    })

    it('reads its own writes at every percent, also to users', async (store, under) => {
      let expected = null
      for (const percent of [0, 0.01, 0.29, 10, 33.33, 57, 99.99, 100]) {
        const flag = flagAt(percent)
        const result = await store.write(flag, expected, never)
        if (result.status !== 'written') throw new Error(`${percent} % met a conflict`)
        expect(await under.open().read(never)).toEqual({ status: 'present', flag, version: result.version })
        expect((await store.observe(never)).reading).toMatchObject({ status: 'present', flag })
        expected = result.version
      }
    })

    it('changes nothing on a conflict', async (store) => {
      const first = await store.write(flagAt(10), null, never)
      if (first.status !== 'written') throw new Error('not written')
      expect(await store.write(flagAt(20), null, never)).toEqual({ status: 'conflict' })
      await store.write(flagAt(30), first.version, never)
      expect(await store.write(flagAt(50), first.version, never)).toEqual({ status: 'conflict' })
      expect(await store.read(never)).toMatchObject({ flag: { percent: 30 } })
    })

    it('is forced off from any state, absent and malformed included, and says so to users', async (store, under) => {
      for (const before of [null, '{}', 'not json']) {
        if (before !== null) await under.spoil(before)
        await store.forceOff(flagAt(100, { writeId: 'latch', reason: 'errors' }), never)
        const latched = { status: 'present', flag: { percent: 0, latched: true, writeId: 'latch', reason: 'errors' } }
        expect(await store.read(never)).toMatchObject(latched)
        expect((await store.observe(never)).reading).toMatchObject(latched)
      }
    })

    it('stays off when an advance read it before it was forced off', async (store, under) => {
      await store.write(flagAt(10), null, never)
      const ci = under.open()
      const seen = await ci.read(never)
      if (seen.status !== 'present') throw new Error('not there')
      await store.forceOff(flagAt(0, { writeId: 'latch' }), never)
      expect(await ci.write(flagAt(30), seen.version, never)).toEqual({ status: 'conflict' })
      expect(await store.read(never)).toMatchObject({ flag: { percent: 0, latched: true } })
    })

    it('ends off when advances and a rollback race', async (store, under) => {
      await store.write(flagAt(1), null, never)
      const advance = async (percent: number) => {
        const own = under.open()
        const seen = await own.read(never)
        if (seen.status === 'present' && mayReplace(seen.flag, flagAt(percent))) {
          await own.write(flagAt(percent), seen.version, never)
        }
      }
      await Promise.all([
        ...[10, 20, 30, 40, 50].map(advance),
        under.open().forceOff(flagAt(0, { writeId: 'latch' }), never),
        ...[60, 70, 80, 90, 100].map(advance),
      ])
      expect(await store.read(never)).toMatchObject({ flag: { percent: 0, latched: true, writeId: 'latch' } })
    })

    it('is replaced after a rollback only by what acknowledges the latch', async (store) => {
      await store.forceOff(flagAt(0, { writeId: 'latch' }), never)
      const seen = await store.read(never)
      if (seen.status !== 'present') throw new Error('not there')
      const stale = flagAt(50, { serial: seen.flag.serial + 1_000_000 })
      const acknowledged = flagAt(10, { acks: ['latch'], writeId: 'new launch' })
      expect(mayReplace(seen.flag, stale)).toBe(false)
      expect(mayReplace(seen.flag, acknowledged)).toBe(true)
      await store.write(acknowledged, seen.version, never)
      expect(await store.read(never)).toMatchObject({ flag: { percent: 10, acks: ['latch'], latched: false } })
    })

    it('calls malformed what launch would not have written, and lets it be replaced', async (store, under) => {
      await under.spoil('{"flags":{"board":{"state":"DISABLED"}}}')
      const seen = await store.read(never)
      expect(seen.status).toBe('malformed')
      if (seen.status !== 'malformed') return
      expect((await store.write(flagAt(0), seen.version, never)).status).toBe('written')
      expect(await store.read(never)).toMatchObject({ status: 'present', flag: { percent: 0 } })
    })
  })
}
