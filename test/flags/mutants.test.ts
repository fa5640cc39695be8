import { describe, expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { flagAt, flagStoreRules, type FlagStoreUnderTest } from '../contract/flag-store.contract.ts'
import { documentStoreOver } from '../support/document-store-over.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { never } from '../support/real-time.ts'

/** The ways a store goes wrong, by the rule that has to notice. `store` is a store that holds every rule. */
const mutants: { readonly [rule: string]: (store: FlagStore, under: FlagStoreUnderTest) => Partial<FlagStore> } = {
  'is absent before anybody wrote it': (store) => ({
    read: async (signal) => {
      const seen = await store.read(signal)
      return seen.status === 'absent'
        ? { status: 'present', flag: flagAt(0), version: await store.forceOff(flagAt(0), never) }
        : seen
    },
  }),
  'reads its own writes at every percent, also to users': (store) => ({
    // Whole percents, as a service that rounds would have them.
    write: (flag, expected, signal) => store.write({ ...flag, percent: Math.round(flag.percent) }, expected, signal),
  }),
  'refuses a percent that it cannot say, and changes nothing': (store) => ({
    write: (flag, expected, signal) =>
      store.write({ ...flag, percent: Math.round(flag.percent * 100) / 100 }, expected, signal),
  }),
  'changes nothing on a conflict': (store) => ({
    write: async (flag, _expected, signal) => {
      const seen = await store.read(signal)
      return store.write(flag, seen.status === 'absent' ? null : seen.version, signal)
    },
  }),
  'is forced off from any state, absent and malformed included, and says so to users': (store) => ({
    forceOff: async (flag, signal) => {
      const seen = await store.read(signal)
      if (seen.status === 'malformed') return seen.version
      return store.forceOff(flag, signal)
    },
  }),
  'is forced off without being read': (store) => ({
    forceOff: async (flag, signal) => {
      await store.read(signal)
      return store.forceOff(flag, signal)
    },
  }),
  'stays off when an advance read it before it was forced off': (store) => ({
    // Last writer wins, once it is there.
    write: async (flag, expected, signal) => {
      const seen = await store.read(signal)
      return store.write(flag, expected === null || seen.status === 'absent' ? expected : seen.version, signal)
    },
  }),
  'ends off when advances and a rollback race': (store) => ({
    // Writes over whatever is there by then, as a store without compare-and-set does when nobody thinks of it.
    write: async (flag, expected, signal) => {
      if (expected !== null) await new Promise((resolve) => setTimeout(resolve, 20))
      const now = await store.read(signal)
      return store.write(flag, now.status === 'absent' ? null : now.version, signal)
    },
  }),
  'is replaced after a rollback only by what acknowledges the latch, and a second rollback latches again': (store) => ({
    // A latch that was once acknowledged: off, but no longer said to be so.
    forceOff: async (flag, signal) => {
      const seen = await store.read(signal)
      if (seen.status !== 'present' || seen.flag.acks.length === 0) return store.forceOff(flag, signal)
      const done = await store.write({ ...flag, latched: false, percent: 0 }, seen.version, signal)
      return done.status === 'written' ? done.version : seen.version
    },
  }),
  'calls malformed what launch would not have written, and lets it be replaced': (store) => ({
    read: async (signal) => {
      const seen = await store.read(signal)
      return seen.status === 'malformed' ? { status: 'absent' } : seen
    },
  }),
  'notices that somebody changed the share past launch, and can still be forced off': (store) => ({
    read: async (signal) => {
      const seen = await store.read(signal)
      return seen.status === 'malformed' ? { status: 'present', flag: flagAt(10), version: seen.version } : seen
    },
  }),
  'tells whether it may be written, without changing anything': (store) => ({
    mayWrite: async (signal) => {
      await store.forceOff(flagAt(0, { writeId: 'probe' }), signal)
      return { allowed: true, detail: 'it could' }
    },
  }),
  'says that it is unreachable, and changes nothing': (store) => ({
    read: async (signal) => {
      try {
        return await store.read(signal)
      } catch {
        return { status: 'absent' }
      }
    },
  }),
  'says that it is forbidden, and changes nothing': (store) => ({
    forceOff: async (flag, signal) => {
      try {
        return await store.forceOff(flag, signal)
      } catch (error) {
        throw new LaunchError('UNREACHABLE', String(error))
      }
    },
  }),
}

function underTest(mutate: (typeof mutants)[string] | null): FlagStoreUnderTest {
  const made = documentStoreOver(memoryObjectStore())
  const mutated = (store: FlagStore): FlagStore => ({ ...store, ...mutate?.(store, made) })
  return { ...made, open: () => mutated(made.open()), troubled: (kind) => mutated(made.troubled(kind)) }
}

describe('every rule of the contract bites', () => {
  test('there is a mutant for each rule', () => {
    expect(Object.keys(mutants)).toEqual(flagStoreRules.map(({ sentence }) => sentence))
  })

  test.each(flagStoreRules.map(({ sentence, holds }) => [sentence, holds] as const))('%s', async (sentence, holds) => {
    const sound = underTest(null)
    await holds(sound.open(), sound)

    const mutant = underTest(mutants[sentence] ?? null)
    await expect(holds(mutant.open(), mutant)).rejects.toThrow(
      /expected|promise|flag|present|lost|unreachable|blind|forbidden/i,
    )
  })
})
