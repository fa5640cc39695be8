import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import type { Move } from '../../src/core/move.ts'
import type { Answer, Question } from '../../src/core/ports.ts'
import { exposedLook } from '../../src/engine/exposed-look.ts'
import { askMeanwhile, lookMeanwhile } from '../../src/engine/meanwhile.ts'
import type { Session } from '../../src/engine/session.ts'
import { launchWorld, tinyPlan, tinySheet, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { changeFlag, isShown, stoppedAt } from '../support/stopped-launch.ts'
import type { Tap } from '../support/tapped.ts'

const minute = 60_000
const question: Question = { type: 'confirm', id: 'q', text: 'Is it calm?' }
const asked: Move = { type: 'ask', question }

/** A launch at 10 % whose person thinks about `question`; `away` are calls that nobody answers. */
async function thinking(sheet = tinySheet) {
  const world = await launchWorld(tinyPlan(sheet))
  const calls: string[] = []
  const away = new Set<string>()
  const tap: Tap = async (call, go) => {
    calls.push(call)
    if ([...away].some((name) => call.startsWith(name))) throw new LaunchError('UNREACHABLE', `${call} does not answer`)
    return go()
  }
  const session = await stoppedAt(world, isShown, tap)
  calls.length = 0
  const tried = (name: string) => calls.filter((call) => call === name).length
  return { world, session, away, tried, looked: () => tried('metrics') }
}
const stands = { stands: true }
const overtaken = { stands: false, news: null }
const look = (session: Session, now: Move = asked, before: Move = asked) => lookMeanwhile(before, session, () => now)

test('a question stands while the launch would ask it again, and no longer', async () => {
  const { session } = await thinking()
  const other: Move = { type: 'ask', question: { ...question, id: 'other' } }
  const wait: Move = { type: 'wait', until: session.ports.clock.now(), why: '' }
  expect(await look(session)(never)).toEqual(stands)
  expect(await look(session, other)(never)).toEqual(overtaken)
  expect(await look(session, wait)(never)).toEqual(overtaken)
})

test('a gate that asks its people stands while it would be looked at again', async () => {
  const { session } = await thinking()
  const shown = exposedLook(session, session.state)
  if (!shown) throw new Error('nothing is shown')
  const gate: Move = { type: 'look', look: shown }
  const other: Move = { type: 'look', look: { ...shown, key: 'closeout' } }
  expect(await look(session, gate, gate)(never)).toEqual(stands)
  expect(await look(session, other, gate)(never)).toEqual(overtaken)
  expect(await look(session, asked, gate)(never)).toEqual(overtaken)
  expect(await look(session, gate, asked)(never)).toEqual(overtaken)
})

test('what others did since is what is decided on', async () => {
  const { world, session } = await thinking()
  const seen: unknown[] = []
  const meanwhile = lookMeanwhile(asked, session, (state, flag) => {
    seen.push([state.n, flag?.status === 'present' ? flag.flag.percent : null])
    return asked
  })
  await meanwhile(never)
  const { n } = session.state
  await changeFlag(world, { percent: 0, latched: true, writeId: 'theirs' })
  const elsewhere = await world.session({ resume: true })
  await elsewhere.record({ type: 'noted', text: 'careful' }, never)
  await meanwhile(never)
  expect(seen).toEqual([
    [n, 10],
    [n + 1, 0],
  ])
  // Nothing of it moves on the screen under the question.
  expect(session.state.n).toBe(n)
})

test('a launch that is no longer the open one has no question', async () => {
  const { session } = await thinking()
  session.log.isOpen = async () => false
  expect(await look(session)(never)).toEqual(overtaken)
})

test('with a flag or a journal that cannot be read nothing is decided; the canary is watched all the same', async () => {
  const { world, session, away, looked } = await thinking()
  const done: Move = { type: 'done', outcome: 'succeeded', why: '' }
  const meanwhile = look(session, done)
  away.add('flag/production')
  expect(await meanwhile(never)).toEqual(stands)
  away.clear()
  away.add('journal')
  world.clock.advance(30_000)
  expect(await meanwhile(never)).toEqual(stands)
  expect(looked()).toBe(1)
  world.errorShare = () => 0.5
  world.clock.advance(4 * minute)
  expect(await meanwhile(never)).toMatchObject({ stands: false, news: { verdict: 'fail', stage: 10 } })
})

test('a beat that the journal does not take ends no watch, and is tried again only after half a minute', async () => {
  const { world, session, away, tried } = await thinking()
  const meanwhile = look(session)
  away.add('journal.create')
  world.clock.advance(5 * minute)
  expect(await meanwhile(never)).toEqual(stands)
  const once = tried('journal.create')
  expect(once).toBeGreaterThan(0)
  world.clock.advance(29_000)
  expect(await meanwhile(never)).toEqual(stands)
  expect(tried('journal.create')).toBe(once)
  world.errorShare = () => 0.5
  world.clock.advance(4 * minute)
  expect(await meanwhile(never)).toMatchObject({ stands: false, news: { verdict: 'fail', stage: 10 } })
})

test('what a flag shows of another launch, or after a rollback, is not judged for this one while its journal is away', async () => {
  for (const change of [
    { launch: 'other', writeId: 'theirs' },
    { percent: 0, latched: true, writeId: 'off' },
  ]) {
    const { world, session, away, looked } = await thinking()
    const meanwhile = look(session)
    await changeFlag(world, change)
    away.add('journal')
    world.errorShare = () => 0.5
    world.clock.advance(4 * minute)
    expect(await meanwhile(never)).toEqual(stands)
    expect(looked()).toBe(0)
  }
})

test('the canary is looked at as often as its gate says, from when the question was asked', async () => {
  const { world, session, looked } = await thinking()
  const meanwhile = look(session)
  const after = async (ms: number) => {
    world.clock.advance(ms)
    expect(await meanwhile(never)).toEqual(stands)
    return looked()
  }
  expect([await after(0), await after(29_999), await after(1), await after(29_999), await after(1)]).toEqual([
    0, 0, 1, 1, 2,
  ])
})

test('a gate that fails takes the question back, with its verdict', async () => {
  const { world, session } = await thinking()
  const meanwhile = look(session)
  world.errorShare = () => 0.5
  world.clock.advance(4 * minute)
  expect(await meanwhile(never)).toMatchObject({
    stands: false,
    news: { type: 'gate-judged', key: 'rollout/canary@10', verdict: 'fail' },
  })
})

test.each([
  ['five minutes', tinySheet, 5],
  ['a third of the time it may be left alone', tinySheet.replace('every: 30s', 'every: 30s, maxUnattended: 6m'), 2],
])('whoever looks after unattended canaries is told of the thinking person after %s', async (_, sheet, minutes) => {
  const { world, session, away } = await thinking(sheet)
  const meanwhile = look(session)
  const beats = async () => (await world.events()).filter(({ type }) => type === 'people-awaited')
  world.clock.advance(minutes * minute - 1)
  await meanwhile(never)
  expect(await beats()).toEqual([])
  world.clock.advance(1)
  away.add('journal')
  await meanwhile(never)
  away.clear()
  expect(await beats()).toEqual([])
  await meanwhile(never)
  expect(await beats()).toMatchObject([{ question: 'q' }])
  // It counts from what was journaled last.
  await meanwhile(never)
  expect(await beats()).toHaveLength(1)
})

test('a beat names the gate that asks', async () => {
  const { world, session } = await thinking()
  const shown = exposedLook(session, session.state)
  if (!shown) throw new Error('nothing is shown')
  const gate: Move = { type: 'look', look: shown }
  const meanwhile = look(session, gate, gate)
  world.clock.advance(5 * minute)
  await meanwhile(never)
  expect((await world.events()).at(-1)).toMatchObject({ type: 'people-awaited', question: 'rollout/canary@10' })
})

test('where nobody is shown anything there is no gate to watch, and no beat', async () => {
  const { world, session, looked } = await thinking()
  session.state = { ...session.state, flag: null }
  const meanwhile = lookMeanwhile(asked, session, () => asked)
  session.log.read = async () => []
  world.clock.advance(20 * minute)
  expect(await meanwhile(never)).toEqual(stands)
  expect(looked()).toBe(0)
  expect((await world.events()).some(({ type }) => type === 'people-awaited')).toBe(false)
})

test('a fault of launch itself is no trouble of the world', async () => {
  const { session } = await thinking()
  const fault = new TypeError('no such field')
  session.log.isOpen = async () => Promise.reject(fault)
  await expect(look(session)(never)).rejects.toBe(fault)
  const over = AbortSignal.abort(new Error('interrupted'))
  await expect(look(session)(over)).rejects.toThrow('interrupted')
})

/** A person who answers when told to, and what became of the question. */
function person(world: LaunchWorld, session: Session) {
  let say: (answer: Answer | null) => void = () => {}
  const signals: AbortSignal[] = []
  const people = {
    ask: async (_question: Question, signal: AbortSignal) => {
      signals.push(signal)
      return new Promise<Answer | null>((resolve, reject) => {
        say = resolve
        signal.addEventListener('abort', () => reject(signal.reason))
      })
    },
  }
  const waits: number[] = []
  const ports = {
    ...session.ports,
    people,
    wait: async (ms: number, signal: AbortSignal) => {
      waits.push(ms)
      await new Promise((resolve) => setTimeout(resolve, 1))
      signal.throwIfAborted()
    },
  }
  return { world, session: { ...session, ports }, signals, waits, say: (answer: Answer | null) => say(answer) }
}
const answer: Answer = { answer: 'yes', by: 'captain', via: 'test', note: '' }

test('an answer ends the looking', async () => {
  const { world, session } = await thinking()
  const { say, signals, waits, session: own } = person(world, session)
  let looks = 0
  const found = await askMeanwhile(
    question,
    own,
    async () => {
      looks += 1
      if (looks === 2) throw new LaunchError('UNREACHABLE', 'the journal does not answer')
      if (looks === 4) say(answer)
      return { stands: true }
    },
    never,
  )
  expect(found).toEqual({ answer })
  expect(looks).toBeGreaterThanOrEqual(4)
  expect(signals[0]?.aborted).toBe(true)
  expect(waits[0]).toBe(2000)
  const before = looks
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(looks).toBe(before)
})

test('what comes first takes the question back', async () => {
  const { world, session } = await thinking()
  const { signals, session: own } = person(world, session)
  const found = await askMeanwhile(question, own, async () => ({ stands: false, news: null }), never)
  expect(found).toEqual(overtaken)
  expect(signals[0]?.aborted).toBe(true)
})

test('a fault while looking ends the asking, and so does Ctrl-C', async () => {
  const { world, session } = await thinking()
  const fault = new TypeError('no such field')
  const { session: own, signals } = person(world, session)
  await expect(askMeanwhile(question, own, async () => Promise.reject(fault), never)).rejects.toBe(fault)
  expect(signals[0]?.aborted).toBe(true)
  const over = new AbortController()
  const asking = askMeanwhile(question, person(world, session).session, async () => ({ stands: true }), over.signal)
  over.abort(new Error('interrupted'))
  await expect(asking).rejects.toThrow('interrupted')
})
