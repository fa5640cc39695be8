import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { mayReplace, type FlagReading } from '../../src/core/flag.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { never } from '../support/real-time.ts'
import { flagAt } from './flag-at.ts'
import { flagStoreMutants, type Mutate } from './flag-store.mutants.ts'

export { flagAt }

/** `blind`: it can be written but not read, as in a network that loses every answer to a read. */
export type Trouble = 'unreachable' | 'forbidden' | 'blind'

export type FlagStoreUnderTest = {
  /** Opens the same flag once more, as another process would. */
  open(): FlagStore
  /** Puts something that launch would not have written. */
  spoil(text: string): Promise<void>
  /** Shows the new version to 77 % by other means, past what launch says of itself. */
  edit(): Promise<void>
  /** The same flag in trouble; null when that cannot happen to this store. */
  troubled(kind: Trouble): FlagStore | null
  /** Its users are dealt by a service, which keeps lists of users of its own. */
  readonly isService?: true
}

export type FlagStoreRule = {
  readonly sentence: string
  readonly holds: (store: FlagStore, under: FlagStoreUnderTest) => Promise<void>
  /** Says nothing about a store to which this cannot happen. */
  readonly about?: Trouble
}

/** `make` gives a flag nobody has written yet; null skips the suite. */
export function flagStoreContract(name: string, make: () => Promise<FlagStoreUnderTest | null>): void {
  describe(`flag store: ${name}`, () => {
    test.for(flagStoreRules.map((rule) => [rule.sentence, rule] as const))('%s', async ([, rule], context) => {
      const under = await make()
      if (under === null) return context.skip('not available here')
      await expect(rule.holds(under.open(), under)).resolves.toBeUndefined()
    })

    test.for(flagStoreRules.map((rule) => [rule.sentence, rule] as const))(
      'a broken one is noticed: %s',
      async ([sentence, rule], context) => {
        const under = await make()
        if (under === null) return context.skip('not available here')
        if (rule.about !== undefined && under.troubled(rule.about) === null)
          return context.skip('cannot happen to this store')
        const broken = brokenBy(under, flagStoreMutants[sentence])
        await expect(rule.holds(broken.open(), broken)).rejects.toThrow(noticed)
      },
    )
  })
}

/** What a rule says that was broken: an expectation, or the store's own refusal. */
const noticed = /expected|promise|flag|present|lost|unreachable|blind|forbidden|conflict|answers/i

function brokenBy(under: FlagStoreUnderTest, mutate: Mutate | undefined): FlagStoreUnderTest {
  if (mutate === undefined) throw new Error('no mutant of this rule')
  const broken = (store: FlagStore): FlagStore => ({ ...store, ...mutate(store) })
  return {
    ...under,
    open: () => broken(under.open()),
    troubled: (kind) => {
      const store = under.troubled(kind)
      return store === null ? null : broken(store)
    },
  }
}

/** Waits as long as the store says that a change may take to reach users, and a little for the clock of the test. */
async function usersSee(store: FlagStore, expected: object): Promise<void> {
  const until = performance.now() + store.propagationMs + 500
  let seen: FlagReading | null = null
  while (performance.now() < until) {
    seen = (await store.observe(never)).reading
    try {
      expect(seen).toMatchObject(expected)
      return
    } catch {
      await sleep(50)
    }
  }
  expect(seen).toMatchObject(expected)
}

async function present(store: FlagStore) {
  const seen = await store.read(never)
  if (seen.status !== 'present') throw new Error(`the flag is ${seen.status}`)
  return seen
}

const latched = { percent: 0, latched: true, writeId: 'latch', reason: 'errors' }
const latch = (percent = 100) => flagAt(percent, { writeId: 'latch', reason: 'errors' })

async function refuses(store: FlagStore, under: FlagStoreUnderTest, kind: Trouble, code: string): Promise<void> {
  await store.write(flagAt(10), null, never)
  const troubled = under.troubled(kind)
  if (troubled === null) return
  const { version } = await present(store)
  const seen = await troubled.read(never).catch((error: unknown) => error)
  // Who may not write is often allowed to read, and then reads what is there.
  const mayRead = kind === 'forbidden' && !(seen instanceof Error)
  expect(seen).toMatchObject(mayRead ? await present(store) : { code })
  await expect(troubled.write(flagAt(30), version, never)).rejects.toMatchObject({ code })
  await expect(troubled.forceOff(latch(), never)).rejects.toMatchObject({ code })
  expect(await present(store)).toMatchObject({ flag: { percent: 10 } })
}

export const flagStoreRules: readonly FlagStoreRule[] = [
  {
    sentence: 'is absent before anybody wrote it',
    holds: async (store) => {
      expect(await store.read(never)).toEqual({ status: 'absent' })
      expect((await store.observe(never)).reading).toEqual({ status: 'absent' })
      expect(store.propagationMs).toBeGreaterThan(0)
    },
  },
  {
    sentence: 'reads its own writes at every percent, also to users',
    holds: async (store, under) => {
      const { finest = 0.01 } = store
      let expected = null
      for (const percent of [0, 0.01, 0.29, 10, 33.33, 57, 99.99, 100]) {
        if (Math.abs(percent / finest - Math.round(percent / finest)) > 1e-6) continue
        const flag = flagAt(percent)
        const result = await store.write(flag, expected, never)
        if (result.status !== 'written') throw new Error(`${percent} % met a conflict`)
        expect(await under.open().read(never)).toEqual({ status: 'present', flag, version: result.version })
        await usersSee(store, { status: 'present', flag })
        expected = result.version
      }
    },
  },
  {
    sentence: 'refuses a percent that it cannot say, and changes nothing',
    holds: async (store) => {
      const { finest = 0.01 } = store
      const written = await store.write(flagAt(finest), null, never)
      if (written.status !== 'written') throw new Error('not written')
      await expect(store.write(flagAt(finest * 1.5), written.version, never)).rejects.toThrow('cannot be said')
      expect(await present(store)).toMatchObject({ flag: { percent: finest } })
    },
  },
  {
    sentence: 'changes nothing on a conflict',
    holds: async (store) => {
      const first = await store.write(flagAt(10), null, never)
      if (first.status !== 'written') throw new Error('not written')
      expect(await store.write(flagAt(20), null, never)).toEqual({ status: 'conflict' })
      await store.write(flagAt(30), first.version, never)
      expect(await store.write(flagAt(50), first.version, never)).toEqual({ status: 'conflict' })
      expect(await store.read(never)).toMatchObject({ flag: { percent: 30 } })
    },
  },
  {
    sentence: 'keeps who is held back and who is named, and forgets them when it is forced off',
    holds: async (store, under) => {
      const lists = under.isService ? { include: [], exclude: [] } : { include: ['ada', 'grace'], exclude: ['eve'] }
      const audience = { ...lists, holdbackPercent: 2 }
      let expected = null
      for (const percent of [10, 100]) {
        const flag = flagAt(percent, { audience })
        const written = await store.write(flag, expected, never)
        if (written.status !== 'written') throw new Error(`${percent} % met a conflict`)
        expect(await under.open().read(never)).toEqual({ status: 'present', flag, version: written.version })
        await usersSee(store, { status: 'present', flag })
        expected = written.version
      }
      await store.forceOff(latch(), never)
      expect(await present(store)).toMatchObject({ flag: latched })
      expect((await present(store)).flag).not.toHaveProperty('audience')
    },
  },
  {
    sentence: 'is forced off from any state, absent and malformed included, and says so to users',
    holds: async (store, under) => {
      for (const before of [null, '{}', 'not json']) {
        if (before !== null) await under.spoil(before)
        await store.forceOff(latch(), never)
        expect(await store.read(never)).toMatchObject({ status: 'present', flag: latched })
        await usersSee(store, { status: 'present', flag: latched })
      }
    },
  },
  {
    sentence: 'is forced off without being read',
    about: 'blind',
    holds: async (store, under) => {
      await store.write(flagAt(50), null, never)
      await under.troubled('blind')?.forceOff(latch(), never)
      if (under.troubled('blind') === null) await store.forceOff(latch(), never)
      expect(await store.read(never)).toMatchObject({ flag: latched })
    },
  },
  {
    sentence: 'stays off when an advance read it before it was forced off',
    holds: async (store, under) => {
      await store.write(flagAt(10), null, never)
      const ci = under.open()
      const seen = await present(ci)
      await store.forceOff(latch(), never)
      expect(await ci.write(flagAt(30), seen.version, never)).toEqual({ status: 'conflict' })
      expect(await store.read(never)).toMatchObject({ flag: latched })
    },
  },
  {
    sentence: 'ends off when advances and a rollback race',
    holds: async (store, under) => {
      await store.write(flagAt(1), null, never)
      const looked = async (percent: number) => {
        const own = under.open()
        const seen = await own.read(never)
        return async () => {
          if (seen.status === 'present' && mayReplace(seen.flag, flagAt(percent)))
            await own.write(flagAt(percent), seen.version, never)
        }
      }
      const advance = async (percent: number) => (await looked(percent))()
      // Some have looked before the rollback begins, whichever is quicker.
      const slow = await Promise.all([10, 20, 30, 40, 50].map(looked))
      await Promise.all([
        ...slow.map((write) => write()),
        under.open().forceOff(latch(), never),
        ...[60, 70, 80, 90, 100].map(advance),
      ])
      expect(await store.read(never)).toMatchObject({ flag: latched })
      await usersSee(store, { flag: latched })
    },
  },
  {
    sentence: 'is replaced after a rollback only by what acknowledges the latch, and a second rollback latches again',
    holds: async (store) => {
      await store.forceOff(latch(), never)
      const seen = await present(store)
      const stale = flagAt(50, { serial: seen.flag.serial + 1_000_000 })
      const acknowledged = flagAt(10, { acks: ['latch'], writeId: 'new launch' })
      expect(mayReplace(seen.flag, stale)).toBe(false)
      expect(mayReplace(seen.flag, acknowledged)).toBe(true)
      await store.write(acknowledged, seen.version, never)
      expect(await store.read(never)).toMatchObject({ flag: { percent: 10, acks: ['latch'], latched: false } })
      await usersSee(store, { flag: { percent: 10, latched: false } })
      await store.forceOff(flagAt(0, { writeId: 'second' }), never)
      expect(await store.read(never)).toMatchObject({ flag: { percent: 0, latched: true, writeId: 'second' } })
    },
  },
  {
    sentence: 'calls malformed what launch would not have written, and lets it be replaced',
    holds: async (store, under) => {
      await under.spoil('{"flags":{"board":{"state":"DISABLED"}}}')
      const seen = await store.read(never)
      expect(seen.status).toBe('malformed')
      if (seen.status !== 'malformed') return
      expect((await store.write(flagAt(0), seen.version, never)).status).toBe('written')
      expect(await store.read(never)).toMatchObject({ status: 'present', flag: { percent: 0 } })
    },
  },
  {
    sentence: 'notices that somebody changed the share past launch, and can still be forced off',
    holds: async (store, under) => {
      const written = await store.write(flagAt(10), null, never)
      if (written.status !== 'written') throw new Error('not written')
      await under.edit()
      expect((await store.read(never)).status).toBe('malformed')
      expect(await store.write(flagAt(30), written.version, never)).toEqual({ status: 'conflict' })
      await store.forceOff(latch(), never)
      expect(await store.read(never)).toMatchObject({ flag: latched })
    },
  },
  {
    sentence: 'tells whether it may be written, without changing anything',
    holds: async (store, under) => {
      await store.write(flagAt(10), null, never)
      const before = await present(store)
      if (store.mayWrite === undefined) return
      expect(await store.mayWrite(never)).toMatchObject({ allowed: true })
      const refused = await under.troubled('forbidden')?.mayWrite?.(never)
      expect(refused?.allowed ?? false).toBe(false)
      expect(await present(store)).toEqual(before)
    },
  },
  {
    sentence: 'says that it is unreachable, and changes nothing',
    about: 'unreachable',
    holds: (store, under) => refuses(store, under, 'unreachable', 'UNREACHABLE'),
  },
  {
    sentence: 'says that it is forbidden, and changes nothing',
    about: 'forbidden',
    holds: (store, under) => refuses(store, under, 'forbidden', 'FORBIDDEN'),
  },
]
