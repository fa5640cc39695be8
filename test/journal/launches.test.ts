import { expect, test } from 'vitest'
import { launchId } from '../../src/core/brand.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { launches, type OpenRequest } from '../../src/journal/launches.ts'
import { activeOf, layout } from '../../src/journal/layout.ts'
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
  const first = await over(store).open(request({ commit: '0123456789abcdef' }), never)
  await expect(over(store, 'b').open(request({ commit: '9876543210fedcba' }), never)).rejects.toMatchObject({
    code: 'UNFINISHED',
    message: `launch ${first.log.launch} of commit 0123456789 is still open, this is 9876543210`,
    hint: expect.stringMatching(/launch resume.*--new/),
  })
  const second = await over(store, 'b').open(request({ commit: 'c2', fresh: true, acks: ['latch'] }), never)
  expect((await second.log.read(never))[0]).toMatchObject({
    type: 'launch-opened',
    supersedes: first.log.launch,
    acks: ['latch'],
  })
  expect([await first.log.isOpen(never), await second.log.isOpen(never)]).toEqual([false, true])
})

test('a launch that ran into a latch is superseded by one that was told to go over it, and attached to by the next', async () => {
  const store = memoryStateStore()
  const first = await over(store).open(request({ acks: ['old'] }), never)
  const attached = await over(store, 'b').open(request({ acks: ['old'] }), never)
  expect([attached.opened, attached.log.launch]).toEqual([false, first.log.launch])
  const second = await over(store, 'c').open(request({ acks: ['old', 'latch'] }), never)
  expect(second.opened).toBe(true)
  expect((await second.log.read(never))[0]).toMatchObject({ supersedes: first.log.launch, acks: ['old', 'latch'] })
  expect((await over(store, 'd').open(request({ acks: ['latch'] }), never)).log.launch).toBe(second.log.launch)
})

test('launches are numbered as they are opened', async () => {
  const store = memoryStateStore()
  const epoch = async () => activeOf((await store.get(layout('app', 'production').active, never))?.body ?? '').epoch
  await over(store).open(request(), never)
  expect(await epoch()).toBe(1)
  await over(store, 'b').open(request({ fresh: true }), never)
  expect(await epoch()).toBe(2)
})

test('a launch whose first writes met conflicts that did not pass is not opened: beginning again is safe', async () => {
  for (const refused of ['plan.json', '00000001.json']) {
    const store = memoryStateStore()
    const busy: StateStore = {
      ...store,
      create: async (key, ...more) => (key.endsWith(refused) ? 'exists' : store.create(key, ...more)),
    }
    await expect(over(busy).open(request(), never), refused).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: 'launch a1 could not be written: the state store met conflicts again and again',
    })
    expect(await over(store).current(never)).toBeNull()
  }
})

test('a plan whose first write got through although its answer was lost is its own', async () => {
  const store = memoryStateStore()
  const forgetful: StateStore = {
    ...store,
    create: async (key, ...more) => {
      const created = await store.create(key, ...more)
      return key.endsWith('plan.json') ? 'exists' : created
    },
  }
  expect((await over(forgetful).open(request(), never)).opened).toBe(true)
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
  expect(results.find(({ status }) => status === 'rejected')).toMatchObject({
    reason: {
      code: 'JOURNAL_TAKEN',
      message: 'another process opened a launch of app at the same moment',
      hint: expect.stringContaining('launch status'),
    },
  })
})

test('a plan that does not match its hash is not driven', async () => {
  const store = memoryStateStore()
  const { log } = await over(store).open(request(), never)
  const key = layout('app', 'production').plan(log.launch)
  const found = await store.get(key, never)
  await store.swap(key, (found?.body ?? '').replace('"title":"tiny"', '"title":"evil"'), found?.version ?? null, never)
  await expect(over(store).current(never)).rejects.toMatchObject({
    code: 'JOURNAL_CORRUPT',
    message: `the stored plan of launch ${log.launch} does not match its hash`,
  })
  await expect(over(store).load(launchId('none'), never)).rejects.toMatchObject({
    code: 'NOT_FOUND',
    message: 'there is no launch none',
  })
})
