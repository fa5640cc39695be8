import { expect, test } from 'vitest'
import { epochMs, launchId, sha256Hex } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { Happening } from '../../src/core/event.ts'
import { missing } from '../../src/core/evidence.ts'
import { sha256 } from '../../src/core/hash.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { fold } from '../../src/core/reduce.ts'
import { eventLog, parseEvent } from '../../src/journal/events.ts'
import { eventLimitBytes } from '../../src/journal/fit.ts'
import { layout } from '../../src/journal/layout.ts'
import { begun, verdictOf } from '../support/core-launch.ts'
import { opened, result } from '../support/journal-builder.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { never } from '../support/real-time.ts'

const id = launchId('01JDZ0')
const paths = layout('app', 'production')
const note = (text: string): Happening => ({ type: 'noted', text })

function writer(store: StateStore, name = 'ci') {
  let ids = 0
  const random = { id: () => `${name}-${(ids += 1)}` }
  return eventLog(id, paths, { store, clock: manualClock(1_000), random, actor: { name, host: 'h', run: null } })
}

test('what one process appends another one reads, numbered without a gap and chained', async () => {
  const store = memoryStateStore()
  const log = writer(store)
  for (const happening of [opened(), note('a'), note('b')])
    expect((await log.append(happening, never)).status).toBe('appended')
  const events = await writer(store, 'other').read(never)
  expect(events.map(({ n, type, prev }) => [n, type, prev === null])).toEqual([
    [1, 'launch-opened', true],
    [2, 'noted', false],
    [3, 'noted', false],
  ])
  expect(events[2]?.prev).toBe(sha256((await store.get(paths.event(id, 2), never))?.body ?? ''))
})

test('a read that was overtaken by another one takes nothing twice', async () => {
  const store = memoryStateStore()
  const other = writer(store, 'other')
  await other.append(opened(), never)
  let release: () => void = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  let isSlow = false
  const log = writer({
    ...store,
    get: async (key, signal) => {
      const isHeld = isSlow
      const found = await store.get(key, signal)
      if (isHeld) await held
      return found
    },
  })
  await log.read(never)
  await other.append(note('a'), never)
  isSlow = true
  const slow = log.read(never)
  isSlow = false
  expect(await log.read(never)).toHaveLength(2)
  release()
  expect((await slow).map(({ type }) => type)).toEqual(['launch-opened', 'noted'])
})

test('of two writers of one number exactly one wins, and the other is told to decide again', async () => {
  const store = memoryStateStore()
  const [a, b] = [writer(store, 'a'), writer(store, 'b')]
  await a.append(opened(), never)
  await b.read(never)
  const results = await Promise.all([a.append(note('a'), never), b.append(note('b'), never)])
  expect(results.map(({ status }) => status).sort()).toEqual(['appended', 'taken'])
  // What is true whatever happened meanwhile goes behind it.
  expect((await b.appendAnyway(note('b again'), never)).n).toBe(3)
  expect((await a.read(never)).map((event) => event.type)).toEqual(['launch-opened', 'noted', 'noted'])
})

test('many writers that append anyway lose nothing', async () => {
  const store = memoryStateStore()
  await writer(store).append(opened(), never)
  await Promise.all(Array.from({ length: 12 }, (_, i) => writer(store, `w${i}`).appendAnyway(note(`${i}`), never)))
  const events = await writer(store).read(never)
  expect(new Set(events.map((event) => event.id)).size).toBe(13)
  expect(fold(events)?.notes).toHaveLength(12)
})

test('a reply that was lost is recognised: the event is there once and counts as written', async () => {
  const store = memoryStateStore()
  const forgetful: StateStore = {
    ...store,
    create: async (key, body, signal) => {
      await store.create(key, body, signal)
      // The store tried again by itself, as an SDK would, and met its own write.
      return store.create(key, body, signal)
    },
  }
  const log = writer(forgetful)
  expect(await log.append(opened(), never)).toMatchObject({ status: 'appended', event: { n: 1 } })
  expect(await log.append(note('a'), never)).toMatchObject({ status: 'appended', event: { n: 2 } })
  expect(await log.read(never)).toHaveLength(2)
})

test('a journal is read thirty-two slots at a time, and one by one once it is known', async () => {
  const store = memoryStateStore()
  const log = writer(store)
  await log.append(opened(), never)
  for (let n = 2; n <= 70; n += 1) await log.append(note(String(n)), never)
  let [asked, open, most] = [0, 0, 0]
  const counted: StateStore = {
    ...store,
    get: async (...args) => {
      asked += 1
      most = Math.max(most, (open += 1))
      await Promise.resolve()
      return store.get(...args).finally(() => (open -= 1))
    },
  }
  const reader = writer(counted)
  expect(await reader.read(never)).toHaveLength(70)
  expect([asked, most]).toEqual([96, 32])
  await reader.read(never)
  expect(asked).toBe(97)
})

test('an event says who did it, also when the process does it for somebody else', async () => {
  const log = writer(memoryStateStore())
  expect(await log.append(opened(), never)).toMatchObject({ event: { actor: { name: 'ci', host: 'h', run: null } } })
  const appended = await log.append(note('x'), never, 'Ana')
  expect(appended).toMatchObject({ event: { actor: { name: 'Ana', host: 'h' }, at: 1000 } })
})

const line = (fields: object) =>
  JSON.stringify({ schema: 1, n: 1, prev: null, type: 'noted', at: 1, actor: {}, ...fields })
test.each([
  ['not JSON', '{"schema":1,', 'JOURNAL_CORRUPT', 'not JSON'],
  ['no object', '[]', 'JOURNAL_CORRUPT', 'not an object'],
  ['null', 'null', 'JOURNAL_CORRUPT', 'not an object'],
  ['a text', '"noted"', 'JOURNAL_CORRUPT', 'not an object'],
  ['the first one, and of a newer schema', line({ schema: 2 }), 'JOURNAL_VERSION', 'schema 2'],
  ['without a schema', line({ schema: 'x' }), 'JOURNAL_CORRUPT', 'no schema'],
  ['of a schema before the first', line({ schema: 0 }), 'JOURNAL_CORRUPT', 'no schema'],
  ['in the wrong place', line({ n: 7 }), 'JOURNAL_CORRUPT', 'calls itself 7'],
  ['off the chain', line({ prev: 'f'.repeat(64) }), 'JOURNAL_CORRUPT', 'chain is broken'],
  ['without its type', line({ type: 5 }), 'JOURNAL_CORRUPT', 'lacks its type'],
  ['without its time', line({ at: 'now' }), 'JOURNAL_CORRUPT', 'lacks its type, time'],
  ['by nobody', line({ actor: null }), 'JOURNAL_CORRUPT', 'or actor'],
  ['by a name alone', line({ actor: 'ci' }), 'JOURNAL_CORRUPT', 'or actor'],
  ['by a list', line({ actor: ['ci'] }), 'JOURNAL_CORRUPT', 'or actor'],
])('an event that is %s stops the reader', (_name, text, code, message) => {
  const read = () => parseEvent(text, 1, null)
  expect(read).toThrow(LaunchError)
  expect(read).toThrow(expect.objectContaining({ code, message: expect.stringContaining(message) }))
})

test('what the parser said of a broken line is kept for who looks into it', () => {
  expect(() => parseEvent('{', 1, null)).toThrow(expect.objectContaining({ cause: expect.any(SyntaxError) }))
})

test('a journal that somebody edited is refused from that event on', async () => {
  const store = memoryStateStore()
  const log = writer(store)
  for (const happening of [opened(), note('a'), note('b')]) await log.append(happening, never)
  const key = paths.event(id, 2)
  const found = await store.get(key, never)
  await store.swap(key, (found?.body ?? '').replace('"a"', '"z"'), found?.version ?? null, never)
  await expect(writer(store).read(never)).rejects.toMatchObject({
    code: 'JOURNAL_CORRUPT',
    message: 'event 3 does not follow event 2: the chain is broken',
  })
})

test('a type of a newer version is read and kept', async () => {
  const store = memoryStateStore()
  const log = writer(store)
  await log.append(opened(), never)
  await log.append({ type: 'stage-skipped' } as never, never)
  expect(fold(await writer(store).read(never))?.unknownTypes).toEqual(['stage-skipped'])
})

test('an event of a newer schema is read as one that is not known, whatever its type, and rollbacks go behind it', async () => {
  const store = memoryStateStore()
  await writer(store).append(opened(), never)
  const first = (await store.get(paths.event(id, 1), never))?.body ?? ''
  const newer = {
    schema: 2,
    n: 2,
    id: 'x',
    at: 5,
    actor: { name: 'ci' },
    launch: id,
    prev: sha256(first),
    type: 'noted',
  }
  await store.create(paths.event(id, 2), JSON.stringify(newer), never)
  const log = writer(store)
  expect(fold(await log.read(never))).toMatchObject({ n: 2, notes: [], unknownTypes: ['noted (schema 2)'] })
  await log.appendAnyway({ type: 'rollback-intended', kind: 'emergency', reason: 'r', trigger: 'operator' }, never)
  expect(fold(await writer(store).read(never))).toMatchObject({ n: 3, rollingBack: { reason: 'r' } })
})

test('what is told late is told once, under the id, the time and the name it had', async () => {
  const store = memoryStateStore()
  await writer(store).append(opened(), never)
  const then = { id: 'spooled', at: epochMs(1077), actor: { name: 'on-call', host: 'laptop', run: null } }
  const events = await Promise.all(Array.from({ length: 6 }, () => writer(store).appendLate(note('late'), then, never)))
  expect(new Set(events.map(({ n }) => n))).toEqual(new Set([2]))
  expect(await writer(store).read(never)).toHaveLength(2)
  expect(events[0]).toMatchObject(then)
})

test('what is told late does not go back behind the time of what stands before it', async () => {
  const store = memoryStateStore()
  await writer(store).append(opened(), never)
  const then = { id: 'spooled', at: epochMs(77), actor: { name: 'on-call', host: 'laptop', run: null } }
  expect(await writer(store).appendLate(note('late'), then, never)).toMatchObject({ ...then, at: 1000 })
})

test('what is told late goes behind what others wrote meanwhile, and is not told again after them', async () => {
  const store = memoryStateStore()
  await writer(store).append(opened(), never)
  let rivals = 2
  const raced: StateStore = {
    ...store,
    create: async (...args) => {
      rivals -= 1
      if (rivals >= 0) await writer(store, `rival${rivals}`).appendAnyway(note('first'), never)
      return store.create(...args)
    },
  }
  const then = { id: 'spooled', at: epochMs(1077), actor: { name: 'on-call', host: 'laptop', run: null } }
  expect(await writer(raced).appendLate(note('late'), then, never)).toMatchObject({ n: 4, ...then })
  await writer(store).appendAnyway(note('later'), never)
  expect(await writer(store).appendLate(note('late'), then, never)).toMatchObject({ n: 4, ...then })
  expect(await writer(store).read(never)).toHaveLength(5)
})

test('a slot that is refused and empty is somebody else’s that is under way: read on and decide again', async () => {
  const store: StateStore = { ...memoryStateStore(), create: async () => 'exists' }
  expect(await writer(store).append(opened(), never)).toEqual({ status: 'taken' })
})

test('a launch is open until another one of its application is', async () => {
  const store = memoryStateStore()
  const log = writer(store)
  expect(await log.isOpen(never)).toBe(true)
  await store.create(paths.active, JSON.stringify({ launch: id, epoch: 1 }), never)
  expect(await log.isOpen(never)).toBe(true)
  const found = await store.get(paths.active, never)
  await store.swap(paths.active, JSON.stringify({ launch: 'other', epoch: 2 }), found?.version ?? null, never)
  expect(await log.isOpen(never)).toBe(false)
})

test('a full journal takes no more remarks, and still takes a rollback', async () => {
  const store = memoryStateStore()
  const log = writer(store)
  await log.append(opened(), never)
  for (let n = 2; n <= 5000; n += 1) await log.append(note(''), never)
  await expect(log.append(note('one more'), never)).rejects.toMatchObject({
    code: 'REFUSED',
    message: expect.stringContaining('full: 5000 events'),
    hint: expect.stringContaining('launch auto --new'),
  })
  const intent = { type: 'rollback-intended', kind: 'emergency', reason: 'r', trigger: 'gate' } as const
  expect(await log.append(intent, never)).toMatchObject({ event: { n: 5001 } })
  expect(await writer(store).read(never)).toHaveLength(5001)
})

test('a verdict with more evidence than an event holds keeps its numbers and says what is not kept', async () => {
  const checks = [
    result('p95', 'percentile', 'p95 < 800ms', {
      verdict: 'fail',
      observed: 1240,
      limit: 800,
      unit: 'ms',
      why: 'slow',
    }),
  ]
  const minutes = Array.from({ length: 9000 }, (_, i) => ({ start: epochMs(i), count: 1, sum: i, over: null }))
  const value = { periodMs: 60_000, lagMs: 0, query: 'q', minutes: { all: minutes }, alive: null }
  const window = { from: epochMs(0), to: epochMs(1) }
  const judged: Happening = {
    type: 'gate-judged',
    gate: 'slo',
    key: 'slo',
    phase: 'p',
    bakedMs: 0,
    environment: 'production',
    artifact: sha256Hex('a'),
    verdict: 'fail',
    checks,
    evidence: { need: { status: 'seen', value } },
    window,
    stage: null,
  }
  const store = memoryStateStore()
  const log = writer(store)
  await log.append(opened(), never)
  await log.append(judged, never)
  const [, kept] = await log.read(never)
  expect(kept).toMatchObject({
    verdict: 'fail',
    checks,
    evidence: { need: { status: 'missing', why: expect.stringMatching(/not kept: \d+ KiB/) } },
  })
  await log.append(note('x'.repeat(eventLimitBytes)), never)
  for (const n of [2, 3])
    expect((await store.get(paths.event(id, n), never))?.body.length).toBeLessThan(eventLimitBytes)
})

test('ordinary events are kept as they are', async () => {
  const log = writer(memoryStateStore())
  const happening = note('ü'.repeat(100_000))
  expect(await log.append(happening, never)).toMatchObject({ event: happening })
  const judged = verdictOf(begun(), 'slo', 'fail')
  const seen = { ...judged, evidence: { alarms: missing('no rights'), git: { status: 'seen', value: 'x' } } }
  expect(await log.append(seen as Happening, never)).toMatchObject({ event: seen })
})
