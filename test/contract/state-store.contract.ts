import { describe, expect, test } from 'vitest'
import { launchId, version } from '../../src/core/brand.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { eventLog } from '../../src/journal/events.ts'
import { layout } from '../../src/journal/layout.ts'
import { opened } from '../support/journal-builder.ts'
import { manualClock } from '../support/manual-clock.ts'
import { never } from '../support/real-time.ts'

/** `make` gives an empty store that two processes could share: `open()` opens it once more. Null skips the suite. */
export function stateStoreContract(name: string, make: () => Promise<{ open(): StateStore } | null>): void {
  describe(`state store: ${name}`, () => {
    const it = (sentence: string, run: (state: StateStore, open: () => StateStore) => Promise<void>) =>
      test(sentence, async (context) => {
        const made = await make()
        if (made === null) return context.skip('not available here')
        expect.hasAssertions()
        await run(made.open(), () => made.open())
      })

    it('reads what was created, also through another opening', async (state, open) => {
      expect(await state.create('v1/app/plan.json', '{"ü":1}', never)).toBe('created')
      expect((await open().get('v1/app/plan.json', never))?.body).toBe('{"ü":1}')
      expect(await state.get('v1/app/other.json', never)).toBeNull()
    })

    it('lets one of many creators win and keeps its body whole', async (state, open) => {
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, n) => open().create('events/00000001.json', `${n}`.repeat(5000), never)),
      )
      expect(results.filter((result) => result === 'created')).toHaveLength(1)
      const body = (await state.get('events/00000001.json', never))?.body
      expect(body).toBe(`${results.indexOf('created')}`.repeat(5000))
    })

    it('swaps only the version that was read', async (state) => {
      expect(await state.swap('active.json', 'a', version('never-given'), never)).toEqual({ status: 'conflict' })
      const first = await state.swap('active.json', 'a', null, never)
      expect(await state.swap('active.json', 'b', null, never)).toEqual({ status: 'conflict' })
      if (first.status !== 'written') throw new Error('not written')
      const second = await state.swap('active.json', 'b', first.version, never)
      expect(second.status).toBe('written')
      expect(await state.swap('active.json', 'c', first.version, never)).toEqual({ status: 'conflict' })
      expect(await state.get('active.json', never)).toEqual({
        body: 'b',
        version: second.status === 'written' ? second.version : null,
      })
    })

    it('loses no update when many swap at once', async (state, open) => {
      await state.swap('counter', '0', null, never)
      const increment = async () => {
        const own = open()
        for (;;) {
          const found = await own.get('counter', never)
          if (!found) throw new Error('gone')
          const result = await own.swap('counter', `${Number(found.body) + 1}`, found.version, never)
          if (result.status === 'written') return
        }
      }
      await Promise.all(Array.from({ length: 6 }, increment))
      expect((await state.get('counter', never))?.body).toBe('6')
    })

    it('swaps what was created, and refuses to create what was swapped', async (state) => {
      await state.create('x', '1', never)
      const found = await state.get('x', never)
      expect((await state.swap('x', '2', found?.version ?? null, never)).status).toBe('written')
      expect(await state.create('x', '3', never)).toBe('exists')
      expect((await state.get('x', never))?.body).toBe('2')
    })

    it('lists the names directly under a prefix, sorted, each once', async (state) => {
      for (const key of ['l/b/plan.json', 'l/b/events/00000001.json', 'l/a/plan.json', 'l/z', 'm/x']) {
        await state.create(key, key, never)
      }
      const z = await state.get('l/z', never)
      await state.swap('l/z', 'again', z?.version ?? null, never)
      expect(await state.list('l/', never)).toEqual(['a', 'b', 'z'])
      expect(await state.list('', never)).toEqual(['l', 'm'])
      expect(await state.list('nothing/', never)).toEqual([])
      // By its keys `n/a-b` comes before `n/a/x`.
      for (const key of ['n/a/x', 'n/a-b']) await state.create(key, key, never)
      expect(await state.list('n/', never)).toEqual(['a', 'a-b'])
    })

    it('keeps the last of many swaps, each with a version of its own', async (state) => {
      let last = await state.swap('counter', '0', null, never)
      const versions = new Set<string>()
      for (let n = 1; n <= 12; n += 1) {
        if (last.status !== 'written') throw new Error('not written')
        versions.add(last.version)
        last = await state.swap('counter', String(n), last.version, never)
      }
      expect(versions.size).toBe(12)
      expect((await state.get('counter', never))?.body).toBe('12')
    })

    it('keeps a journal of many writers whole: nothing lost, no number twice, one unbroken chain', async (state, open) => {
      const id = launchId('01JDZ0')
      const writer = (name: string, store: StateStore) => {
        let ids = 0
        const random = { id: () => `${name}-${(ids += 1)}` }
        const ports = { store, clock: manualClock(0), random, actor: { name, host: 'h', run: null } }
        return eventLog(id, layout('app', 'production'), ports)
      }
      await writer('first', state).append(opened(), never)
      const wrote = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          writer(`w${i}`, open()).appendAnyway({ type: 'noted', text: `${i}` }, never),
        ),
      )
      // Reading checks numbers and chain.
      const events = await writer('reader', open()).read(never)
      expect(events.map(({ n }) => n)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
      expect(new Set(events.map(({ id }) => id))).toEqual(new Set(['first-1', ...wrote.map((event) => event.id)]))
    })

    it('refuses a key that would leave its place', async (state) => {
      for (const key of ['../x', 'a//b', '/a', 'a/', 'a b', 'a@1', '~x', '']) {
        await expect(state.create(key, 'x', never)).rejects.toThrow('is no state key')
      }
    })
  })
}
