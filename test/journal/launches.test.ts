import { expect, test } from 'vitest'
import { launchId } from '../../src/core/brand.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { launches, type OpenRequest } from '../../src/journal/launches.ts'
import { layout } from '../../src/journal/layout.ts'
import { tinyPlan } from '../support/launch-world.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { never } from '../support/real-time.ts'

const plan = tinyPlan()
function over(store: StateStore, name = 'a') {
  let ids = 0
  return launches('app', 'production', {
    store,
    clock: manualClock(0),
    random: { id: () => `${name}${(ids += 1)}` },
    actor: { name, host: 'h', run: null },
  })
}
const request = (more: Partial<OpenRequest> = {}): OpenRequest => ({
  plan,
  commit: 'c1',
  version: '1',
  fresh: false,
  acks: [],
  sandbox: null,
  ...more,
})

test('the first command opens a launch, later ones of the same commit attach to it with the plan it began with', async () => {
  const store = memoryStateStore()
  expect(await over(store).current(never)).toBeNull()
  const first = await over(store).open(request(), never)
  const second = await over(store, 'b').open(request({ plan: { ...plan, title: 'changed since' } }), never)
  expect([first.opened, second.opened]).toEqual([true, false])
  expect(second.log.launch).toBe(first.log.launch)
  expect(second.plan.title).toBe(plan.title)
  expect(second.planHash).toBe(first.planHash)
  expect(await over(store).list(never)).toEqual([first.log.launch])
})

test('another commit does not open a launch over one that is not finished, unless it is told to', async () => {
  const store = memoryStateStore()
  const first = await over(store).open(request(), never)
  await expect(over(store, 'b').open(request({ commit: 'c2' }), never)).rejects.toMatchObject({
    code: 'UNFINISHED',
    message: expect.stringContaining('c1'),
  })
  const second = await over(store, 'b').open(request({ commit: 'c2', fresh: true, acks: ['latch'] }), never)
  expect((await second.log.read(never))[0]).toMatchObject({
    type: 'launch-opened',
    supersedes: first.log.launch,
    acks: ['latch'],
  })
  expect([await first.log.isOpen(never), await second.log.isOpen(never)]).toEqual([false, true])
})

test('what ended is not superseded: the next launch simply begins', async () => {
  const store = memoryStateStore()
  const first = await over(store).open(request(), never)
  await first.log.append({ type: 'launch-ended', outcome: 'succeeded', why: '' }, never)
  const second = await over(store, 'b').open(request(), never)
  expect(second.opened).toBe(true)
  expect((await second.log.read(never))[0]).toMatchObject({ supersedes: null })
})

test('of two that open at the same moment one is told so', async () => {
  const store = memoryStateStore()
  const results = await Promise.allSettled([
    over(store, 'a').open(request(), never),
    over(store, 'b').open(request(), never),
  ])
  expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'JOURNAL_TAKEN' } })
})

test('a plan that does not match its hash is not driven', async () => {
  const store = memoryStateStore()
  const { log } = await over(store).open(request(), never)
  const key = layout('app', 'production').plan(log.launch)
  const found = await store.get(key, never)
  await store.swap(key, (found?.body ?? '').replace('"title":"tiny"', '"title":"evil"'), found?.version ?? null, never)
  await expect(over(store).current(never)).rejects.toMatchObject({ code: 'JOURNAL_CORRUPT' })
  await expect(over(store).load(launchId('none'), never)).rejects.toMatchObject({ code: 'NOT_FOUND' })
})
