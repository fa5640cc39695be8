import { expect, test } from 'vitest'
import { raiseBlocker } from '../../src/commands/uat-block.ts'
import { epochMs, launchId, sha256Hex } from '../../src/core/brand.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { fold } from '../../src/core/reduce.ts'
import { eventLog } from '../../src/journal/events.ts'
import { layout } from '../../src/journal/layout.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'

const { signal } = new AbortController()

function logOver(store: StateStore, name: string) {
  let ids = 0
  const clock = { now: () => epochMs(1), sleepUntil: () => Promise.resolve(), monotonicMs: () => 0 }
  const random = { id: () => `${name}${(ids += 1)}` }
  const actor = { name, host: 'here', run: null }
  return eventLog(launchId('L'), layout('demo', 'production'), { store, clock, random, actor })
}

test('two people who raise a blocker at the same moment get two numbers', async () => {
  const store = memoryStateStore()
  const ada = logOver(store, 'ada')
  await ada.append(
    {
      type: 'launch-opened',
      plan: sha256Hex('p'),
      commit: 'c',
      version: '1',
      supersedes: null,
      acks: [],
      sandbox: null,
    },
    signal,
  )
  let met = false
  const bobs: StateStore = {
    ...store,
    create: async (key, body, createSignal) => {
      // Ada writes after Bob has read and before he writes.
      if (!met) {
        met = true
        await raiseBlocker(ada, 'major', 'from ada', signal)
      }
      return store.create(key, body, createSignal)
    },
  }

  const bobsNumber = await raiseBlocker(logOver(bobs, 'bob'), 'critical', 'from bob', signal)

  const blockers = fold(await ada.read(signal))?.blockers.map(({ id, text }) => [id, text])
  expect(bobsNumber).toBe(2)
  expect(blockers).toEqual([
    [1, 'from ada'],
    [2, 'from bob'],
  ])
})
