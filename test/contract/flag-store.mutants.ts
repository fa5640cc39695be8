import { LaunchError } from '../../src/core/errors.ts'
import type { FlagStore } from '../../src/core/ports.ts'
import { never } from '../support/real-time.ts'
import { flagAt } from './flag-at.ts'

/** A way a store goes wrong, made out of one that holds every rule. */
export type Mutate = (store: FlagStore) => Partial<FlagStore>

/** The ways a store goes wrong, by the rule that has to notice. */
export const flagStoreMutants: { readonly [rule: string]: Mutate } = {
  'is absent before anybody wrote it': (store) => ({
    read: async (signal) => {
      const seen = await store.read(signal)
      return seen.status === 'absent'
        ? { status: 'present', flag: flagAt(0), version: await store.forceOff(flagAt(0), never) }
        : seen
    },
  }),
  'reads its own writes at every percent, also to users': (store) => ({
    // Tens of percents, as a service that rounds would have them.
    write: (flag, expected, signal) =>
      store.write({ ...flag, percent: Math.round(flag.percent / 10) * 10 }, expected, signal),
  }),
  'refuses a percent that it cannot say, and changes nothing': (store) => ({
    write: (flag, expected, signal) => {
      const { finest = 0.01 } = store
      return store.write(
        { ...flag, percent: Number((Math.round(flag.percent / finest) * finest).toFixed(2)) },
        expected,
        signal,
      )
    },
  }),
  'changes nothing on a conflict': (store) => ({
    write: async (flag, _expected, signal) => {
      const seen = await store.read(signal)
      return store.write(flag, seen.status === 'absent' ? null : seen.version, signal)
    },
  }),
  'keeps who is held back and who is named, and forgets them when it is forced off': (store) => ({
    write: ({ audience: _forgotten, ...flag }, expected, signal) => store.write(flag, expected, signal),
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
    // Last writer wins over whatever is there, a latch among it.
    write: (flag, expected, signal) => goingOver(store, flag, expected, signal),
  }),
  'ends off when advances and a rollback race': (store) => ({
    // Comes late and writes over what is there by then, as a store without compare-and-set does when nobody thinks of it.
    write: async (flag, expected, signal) => {
      for (let look = 0; expected !== null && look < 500 && !(await isLatched(store)); look += 1)
        await new Promise((resolve) => setTimeout(resolve, 10))
      return goingOver(store, flag, expected, signal)
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

async function isLatched(store: FlagStore): Promise<boolean> {
  const seen = await store.read(never)
  return seen.status === 'present' && seen.flag.latched
}

async function goingOver(store: FlagStore, ...[flag, expected, signal]: Parameters<FlagStore['write']>) {
  const seen = await store.read(signal)
  if (expected === null || seen.status !== 'present') return store.write(flag, expected, signal)
  return store.write({ ...flag, acks: [seen.flag.writeId] }, seen.version, signal)
}
