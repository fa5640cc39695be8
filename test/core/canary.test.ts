import { describe, expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { failAction } from '../../src/core/canary.ts'
import type { Happening } from '../../src/core/event.ts'
import type { PlannedGate } from '../../src/core/plan.ts'
import type { RolloutSaying } from '../../src/core/rollout.ts'
import { asked, gate, judgedAs, key, move, rules } from '../support/canary-moves.ts'
import type { JournalBuilder } from '../support/journal-builder.ts'
import { baking, lookedAt, readyToRaise, stateOf, verdictOf, worldAt } from '../support/core-launch.ts'

test('raises stage by stage, confirms each at the edge, and is complete when all were left', () => {
  const told = readyToRaise()
  expect(move(told)).toMatchObject({ effect: { type: 'raise-flag', percent: 10 } })
  told.add({ type: 'flag-intended', step: 'rollout/canary', percent: 10, writeId: 'w', serial: 5, base: null })
  expect(move(told)).toMatchObject({ effect: { type: 'raise-flag', percent: 10 } })
  told.add({ type: 'flag-set', percent: 10, writeId: 'w', serial: 5, ackedMs: 1 })
  expect(move(told)).toMatchObject({ effect: { type: 'confirm-flag', percent: 10, serial: 5 } })
  told.add(
    { type: 'flag-confirmed', percent: 10, serial: 5, edgeMs: 1 },
    { type: 'stage-left', step: 'rollout/canary', percent: 10, verdict: 'pass', why: '' },
  )
  expect(move(told)).toMatchObject({ effect: { type: 'raise-flag', percent: 100 } })
  baking(100, told).add({ type: 'stage-left', step: 'rollout/canary', percent: 100, verdict: 'pass', why: '' })
  expect(move(told)).toBeNull()
})

test('a stage is left only after a pass with the whole bake behind it, seen by this very process', () => {
  const baked = judgedAs(baking(), 'pass')
  expect(move(baked)).toMatchObject({ happening: { type: 'stage-left', percent: 10, verdict: 'pass' } })
  // A fresh process looks again before it goes on.
  expect(move(baked, { looks: new Map() })).toMatchObject({ type: 'look', look: { key, stage: 10 } })
  expect(move(judgedAs(baking(), 'pass', 59_999))).toMatchObject({ type: 'wait' })
})

test('the last stage bakes for a time of its own, and is given as many times that', () => {
  const [longer, only10] = [{ lastBakeMs: 300_000 }, { stages: [10], lastBakeMs: 300_000 }]
  const shortly = judgedAs(baking(), 'pass')
  expect(move(shortly, {}, longer)).toMatchObject({ happening: { type: 'stage-left', percent: 10 } })
  expect(move(shortly, {}, only10)).toMatchObject({ type: 'wait', why: '1 of 5 minutes baked' })
  expect(move(judgedAs(baking(), 'pass', 300_000), {}, only10)).toMatchObject({ happening: { type: 'stage-left' } })
  const waiting = judgedAs(baking().after('4m'), 'unknown')
  expect(move(waiting)).toMatchObject({ happening: { type: 'stage-held' } })
  expect(move(waiting, {}, only10)).toMatchObject({ type: 'wait' })
})

test('a stage whose time is up is looked at once more when a look is due: what was not known may be a fail by now', () => {
  const told = judgedAs(baking().after('3m'), 'unknown')
  expect(move(told, { looks: lookedAt(told.now() - 30_000, key) })).toMatchObject({ type: 'look', look: { key } })
  expect(move(told, { looks: lookedAt(told.now() - 29_999, key) })).toMatchObject({ happening: { type: 'stage-held' } })
})

test('unknown never goes on: it is extended, then held, then rolled back', () => {
  const told = judgedAs(baking(), 'unknown')
  expect(move(told)).toMatchObject({ type: 'wait', until: told.now() + 30_000 })
  judgedAs(told.after('2m').after('1m'), 'unknown')
  expect(move(told)).toMatchObject({ happening: { type: 'stage-held', percent: 10, until: told.now() + 900_000 } })
  expect(move(told, {}, { onInconclusive: 'rollback' })).toMatchObject({
    effect: { type: 'roll-back', trigger: 'inconclusive' },
  })
  expect(move(told, {}, { onInconclusive: 'promote-unproven' })).toMatchObject({
    happening: { type: 'stage-left', verdict: 'unproven' },
  })
  told.add({
    type: 'stage-held',
    step: 'rollout/canary',
    percent: 10,
    why: 'not proven',
    until: worldAt(told.now() + 900_000).now,
  })
  expect(move(told.after('10m'))).toMatchObject({ type: 'wait' })
  told.after('5m')
  expect(move(told)).toMatchObject({ effect: { type: 'roll-back', kind: 'emergency', trigger: 'unattended' } })
  expect(move(told, { leaveHeld: true })).toMatchObject({ type: 'done', outcome: 'held' })
  expect(move(told, { guided: true })).toMatchObject({ type: 'ask', question: { type: 'held' } })
})

test('a recorded fail is acted on at once, also by a process that has not looked', () => {
  const told = judgedAs(baking(), 'fail')
  for (const looks of [new Map(), lookedAt(told.now(), key)]) {
    expect(move(told, { looks })).toMatchObject({
      effect: {
        type: 'roll-back',
        kind: 'emergency',
        reason: expect.stringContaining('20% at 10 % (2,104 samples)'),
        trigger: 'gate',
      },
    })
  }
})

test('what a fail does is the worst its checks ask for; a hold becomes an emergency when it persists', () => {
  const withSpec = (
    ...specs: readonly { onFail?: 'emergency' | 'full' | 'hold'; persist?: number }[]
  ): PlannedGate => ({
    ...gate,
    checks: specs.map((spec, i) => ({
      id: `c${i}`,
      kind: 'ratio',
      title: '',
      spec: { kind: 'ratio', ...spec },
      nested: [],
      at: null,
    })),
  })
  const failing = (count: number, ...ids: readonly string[]) => {
    const told = baking()
    const [first] = ids
    for (let i = 0; i < count; i += 1) told.add(verdictOf(told, key, 'fail', { stage: 10, check: first ?? 'c0' }))
    const state = stateOf(told.events).gates[key]
    if (!state) throw new Error('not judged')
    return { ...state, checks: ids.flatMap((id) => state.checks.map((check) => ({ ...check, id }))) }
  }
  expect(failAction(withSpec({}), failing(1, 'c0'))).toBe('emergency')
  expect(failAction(withSpec({ onFail: 'hold' }, { onFail: 'full' }), failing(1, 'c0', 'c1'))).toBe('full')
  expect(failAction(withSpec({ onFail: 'hold' }, { onFail: 'full' }), failing(1, 'c0'))).toBe('hold')
  expect(failAction(withSpec({ onFail: 'hold', persist: 2 }), failing(1, 'c0'))).toBe('hold')
  expect(failAction(withSpec({ onFail: 'hold', persist: 2 }), failing(2, 'c0'))).toBe('emergency')
})

test('a look whose verdict the journal did not take is followed by one when it is due, not at once', () => {
  const told = baking()
  expect(move(told)).toMatchObject({ type: 'wait', until: told.now() + 30_000 })
  expect(move(told, { looks: lookedAt(told.now() - 30_000, key) })).toMatchObject({ type: 'look' })
})

test('while the flag cannot be read a stage that passed is looked at on, and not left on an old pass', () => {
  const told = judgedAs(baking(), 'pass')
  const looks = lookedAt(told.now() - 30_000, key)
  expect(move(told, { looks, flag: null })).toMatchObject({ type: 'look', look: { key } })
  expect(move(told, { looks })).toMatchObject({ happening: { type: 'stage-left' } })
})

describe('a rollout that is judged as one has its own clock', () => {
  const judged = (told: JournalBuilder, verdict: 'pass' | 'unknown', saying: RolloutSaying) => {
    const happening = verdictOf(told, key, verdict, { stage: 10, bakedMs: 60_000 })
    return told.add({ ...happening, saying } as Happening)
  }
  const late = () => baking().after('10m')

  test('while it says go on a stage waits, however long it has lasted', () => {
    expect(move(judged(late(), 'unknown', 'go-on'))).toMatchObject({ type: 'wait' })
  })

  test('inconclusive does what the run sheet says', () => {
    const told = judged(late(), 'unknown', 'inconclusive')
    expect(move(told)).toMatchObject({
      happening: { type: 'stage-held', why: expect.stringContaining('not proven at 10 % in') },
    })
    expect(move(told, {}, { onInconclusive: 'rollback' })).toMatchObject({ effect: { type: 'roll-back' } })
    expect(move(told, {}, { onInconclusive: 'promote-unproven' })).toMatchObject({
      happening: { type: 'stage-left', verdict: 'unproven' },
    })
  })

  test('hold is never promoted unproven: something speaks against it', () => {
    const told = judged(late(), 'unknown', 'hold')
    expect(move(told, {}, { onInconclusive: 'promote-unproven' })).toMatchObject({ happening: { type: 'stage-held' } })
    expect(move(told, {}, { onInconclusive: 'rollback' })).toMatchObject({ effect: { type: 'roll-back' } })
  })

  test('passed while another check of the gate is undecided, the time of the stage counts as without it', () => {
    expect(move(judged(baking().after('1m'), 'unknown', 'passed'))).toMatchObject({ type: 'wait' })
    expect(move(judged(late(), 'unknown', 'passed'))).toMatchObject({ happening: { type: 'stage-held' } })
  })

  test('a hold ends by itself when the evidence comes, also after its time', () => {
    const told = judged(late(), 'unknown', 'hold')
    const held: Happening = {
      type: 'stage-held',
      step: 'rollout/canary',
      percent: 10,
      why: 'x',
      until: worldAt(told.now() + 900_000).now,
    }
    // The pass itself leaves the stage: nothing is in its way.
    expect(move(judged(told.add(held), 'pass', 'passed'))).toMatchObject({
      happening: { type: 'stage-left', verdict: 'pass' },
    })
    expect(move(told.add(verdictOf(told, key, 'pass', { stage: 10, bakedMs: 1 })))).toMatchObject({ type: 'wait' })
  })
})

describe('what people read of a canary', () => {
  const canary = { step: 'rollout/canary', percent: 10 }
  const record = (happening: object) => ({ type: 'record', happening: { ...canary, ...happening } })
  const until = (told: JournalBuilder) => told.now() + rules.maxUnattendedMs

  test('why a stage waits: how much of its bake is behind it, or what is not known', () => {
    const baked = judgedAs(baking(), 'pass', 30_000)
    expect(move(baked)).toEqual({ type: 'wait', until: baked.now() + 30_000, why: '0.5 of 1 minutes baked' })
    const unknown = judgedAs(baking(), 'unknown')
    expect(move(unknown)).toEqual({
      type: 'wait',
      until: unknown.now() + 30_000,
      why: 'errors / requests < 1%: it is unknown',
    })
  })

  test('why a stage was not proven: what is not known, or how few minutes had data', () => {
    const late = (verdict: 'pass' | 'unknown') => judgedAs(baking().after('3m'), verdict, 30_000)
    const unknown = late('unknown')
    const why = 'not proven at 10 % in 3 minutes: errors / requests < 1%: it is unknown'
    expect(move(unknown)).toEqual(record({ type: 'stage-held', why, until: until(unknown) }))
    expect(move(late('unknown'), {}, { onInconclusive: 'rollback' })).toEqual({
      type: 'effect',
      effect: { type: 'roll-back', kind: 'emergency', reason: why, trigger: 'inconclusive' },
    })
    expect(move(late('pass'), {}, { onInconclusive: 'promote-unproven' })).toEqual(
      record({
        type: 'stage-left',
        verdict: 'unproven',
        why: 'not proven at 10 % in 3 minutes: only 0.5 of 1 settled minutes with data',
      }),
    )
  })

  test('who asked for what, and why where they said it', () => {
    const told = judgedAs(baking(), 'unknown').as('Ana').add(asked('pause'))
    expect(move(told)).toEqual(record({ type: 'stage-held', why: 'paused by Ana: r', until: until(told) }))
    expect(move(told.add(asked('resume')))).toEqual(record({ type: 'stage-resumed', why: 'resumed by Ana: r' }))
    expect(move(told.add(asked('promote', null)))).toEqual(
      record({ type: 'stage-left', verdict: 'unproven', why: 'promoted by Ana: r' }),
    )
    expect(move(told.add({ type: 'canary-asked', ask: 'abort', stage: 10, reason: '' }))).toEqual({
      type: 'effect',
      effect: { type: 'roll-back', kind: 'emergency', reason: 'aborted at 10 % by Ana', trigger: 'operator' },
    })
  })

  test('what a hold that nobody decided about comes to, and what a person who follows is asked', () => {
    const told = judgedAs(baking(), 'unknown')
    const heldAt = told.now()
    told.add({ type: 'stage-held', ...canary, why: 'no data', until: epochMs(heldAt + 900_000) })
    const question = { type: 'held', text: 'held at 10 %: no data', promotable: true, recommended: 'wait' }
    expect(move(told, { guided: true })).toEqual({ type: 'ask', question: { ...question, id: `held/10@${heldAt}/0` } })
    expect(move(told.after('899999ms'))).toMatchObject({ type: 'wait' })
    told.after('1ms')
    expect(move(told, { leaveHeld: true })).toEqual({ type: 'done', outcome: 'held', why: 'held at 10 %: no data' })
    expect(move(told)).toEqual({
      type: 'effect',
      effect: {
        type: 'roll-back',
        kind: 'emergency',
        reason: 'held at 10 % for 15 minutes and nobody decided: no data',
        trigger: 'unattended',
      },
    })
    // Whoever waited the whole time of a hold without evidence waits for nothing.
    const again = `held/10@${heldAt}/1`
    expect(move(told, { guided: true })).toMatchObject({ question: { id: again, recommended: 'rollback' } })
    expect(move(told, { guided: true, unanswered: new Set([again]) })).toMatchObject({ type: 'wait' })
    expect(move(judgedAs(told, 'fail'), { guided: true })).toMatchObject({ effect: { type: 'roll-back' } })
  })

  test('a hold ends by itself when the evidence comes in time, and the stage is left with its whole bake', () => {
    const told = judgedAs(baking(), 'pass', 0)
    told.add({ type: 'stage-held', ...canary, why: 'no data', until: epochMs(told.now() + 900_000) })
    expect(move(told)).toEqual(record({ type: 'stage-resumed', why: 'the evidence came' }))
    expect(move(judgedAs(baking(), 'pass'))).toEqual(
      record({ type: 'stage-left', verdict: 'pass', why: 'every check passed for the whole bake' }),
    )
  })

  test('a stage is looked at from when it began to bake until now, under a key of its own', () => {
    const told = baking()
    const from = told.now()
    told.after('31s')
    const look = { gate, key, phase: 'rollout', window: { from, to: told.now() }, stage: 10, watch: false }
    expect(move(told, { looks: new Map() })).toEqual({ type: 'look', look })
    const looks = (ago: number) => new Map([[key, { first: epochMs(from), last: epochMs(told.now() - ago) }]])
    told.add(verdictOf(told, key, 'unknown', { stage: 10 }))
    expect(move(told, { looks: looks(29_999) })).toMatchObject({ type: 'wait', until: told.now() + 1 })
    expect(move(told, { looks: looks(30_000) })).toMatchObject({ type: 'look' })
  })
})
