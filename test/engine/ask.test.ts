import { expect, test } from 'vitest'
import type { Question } from '../../src/core/ports.ts'
import { ask } from '../../src/engine/ask.ts'
import type { GateJudged } from '../../src/engine/look.ts'
import type { Meanwhile } from '../../src/engine/meanwhile.ts'
import { epochMs } from '../../src/core/brand.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { isShown, stoppedAt } from '../support/stopped-launch.ts'

const yes = { answer: 'yes' } as const
/** The captain's no, and why. */
const no = { answer: 'no', note: 'not like this' } as const

/** Everybody agrees to everything but to one question. */
function refusing(world: LaunchWorld, one: (question: Question) => boolean, answer: typeof no | null = no): void {
  world.answer = (question) => (one(question) ? answer : yes)
}
const types = async (world: LaunchWorld) => (await world.events()).map(({ type }) => type)

test('a sign-off that is refused holds the launch, and the journal says who refused it and why', async () => {
  const world = await launchWorld()
  refusing(world, ({ type }) => type === 'approval')
  const why = 'sign-off as qa-lead refused: not like this'
  expect(await world.drive()).toEqual({ outcome: 'held', why: `${why} (captain)` })
  expect((await world.events()).at(-1)).toMatchObject({ type: 'noted', text: why, actor: { name: 'captain' } })
  expect((await world.state()).approvals).toEqual([])
})

test('a sign-off is bound to the commit, the plan and the files it was given for, under the name of who gave it', async () => {
  const world = await launchWorld()
  await world.drive()
  const { commit, planHash, artifact } = await world.state()
  const approved = (await world.events()).find(({ type }) => type === 'approved')
  expect(artifact).not.toBeNull()
  expect(approved).toMatchObject({
    role: 'qa-lead',
    actor: { name: 'captain' },
    binding: { commit, plan: planHash, artifact: artifact?.hash },
  })
})

test('a no to going live ends the launch before production is touched', async () => {
  const world = await launchWorld()
  refusing(world, ({ type }) => type === 'go')
  expect((await world.drive()).outcome).not.toBe('succeeded')
  expect(await world.state()).toMatchObject({ go: { decision: 'no-go', note: 'not like this' } })
  expect(await world.flag()).toBeNull()
  expect(await types(world)).not.toContain('flag-intended')
})

test('a no to a change of production declines it and says whose no it was, and to what', async () => {
  const world = await launchWorld()
  refusing(world, ({ id }) => id === 'proceed/rollout/deploy')
  const end = await world.drive()
  expect(end).toMatchObject({
    outcome: 'declined',
    why: expect.stringMatching(/^declined by captain: .* not like this$/),
  })
  expect((await world.state()).deployments['production']).toBeUndefined()
  expect(world.asked.at(-1)?.id).toBe('proceed/rollout/deploy')
})

test('a question nobody answers is asked once by a process, and by the next one again', async () => {
  const world = await launchWorld()
  const times = () => world.asked.filter(({ type }) => type === 'approval').length
  refusing(world, ({ type }) => type === 'approval', null)
  expect((await world.drive()).outcome).toBe('held')
  expect(times()).toBe(1)
  expect((await world.drive()).outcome).toBe('held')
  expect(times()).toBe(2)
})

test('a confirmation that is denied is not asked for again by this process; the next one asks, and a yes ends the launch', async () => {
  const world = await launchWorld()
  const times = () => world.asked.filter(({ id }) => id === 'closeout/told').length
  refusing(world, ({ id }) => id === 'closeout/told')
  expect((await world.drive()).outcome).toBe('held')
  expect(times()).toBe(1)
  world.answer = () => yes
  expect((await world.drive({ resume: true })).outcome).toBe('succeeded')
  expect(times()).toBe(2)
})

test.each([
  ['yes', 'promote', 100],
  ['no', 'abort', 0],
] as const)('a held canary asks, and %s means to %s it', async (answer, ask, percent) => {
  const world = await launchWorld()
  world.traffic = false
  world.answer = ({ type }) => {
    if (type !== 'held') return yes
    world.traffic = true
    return { answer }
  }
  await world.drive({ guided: true })
  const asks = (await world.events()).filter(({ type }) => type === 'canary-asked')
  expect(asks).toMatchObject([{ ask, stage: 10, actor: { name: 'captain' } }])
  expect((await world.flag())?.percent).toBe(percent)
})

const failed: Question = { type: 'failed', id: 'again/ready', gate: 'ready', text: 'Look at it again?' }
const standing: Meanwhile = { look: async () => ({ stands: true }), take: async () => {} }

test.each([
  ['yes', 0, 0],
  ['no', 1, 2],
] as const)(
  'a gate that failed is looked at afresh after a %s to it, and asked about once after a no',
  async (said, looks, unanswered) => {
    const world = await launchWorld()
    world.answer = () => ({ answer: said })
    const session = await world.session()
    session.looks.set('ready', { first: epochMs(1), last: epochMs(2) })
    session.unanswered.add('ready/signed')
    expect(await ask(failed, session, standing, never)).toBeNull()
    expect([session.looks.size, session.unanswered.size]).toEqual([looks, unanswered])
    expect(session.unanswered.has('again/ready')).toBe(said === 'no')
    expect((await world.events()).at(-1)).toMatchObject({
      type: 'answered',
      question: 'again/ready',
      answer: said,
      by: 'captain',
    })
  },
)

test('a confirmation that is given is journaled, and not remembered as open', async () => {
  const world = await launchWorld()
  const session = await world.session()
  const question: Question = { type: 'confirm', id: 'told', text: 'Is everybody told?' }
  expect(await ask(question, session, standing, never)).toBeNull()
  expect(session.unanswered.size).toBe(0)
  world.answer = () => no
  expect(await ask(question, session, standing, never)).toBeNull()
  expect([...session.unanswered]).toEqual(['told'])
  expect((await world.events()).slice(-2)).toMatchObject([
    { type: 'answered', question: 'told', answer: 'yes' },
    { type: 'answered', question: 'told', answer: 'no', note: 'not like this' },
  ])
})

test('what comes first is taken where it is a verdict, and the question is asked anew', async () => {
  const world = await launchWorld()
  const session = await world.session()
  const taken: unknown[] = []
  const news = { type: 'gate-judged' } as unknown as GateJudged
  const ports = {
    ...session.ports,
    people: {
      ask: (_: Question, signal: AbortSignal) =>
        new Promise<never>((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    },
  }
  const overtakenBy = (found: Awaited<ReturnType<Meanwhile['look']>>) =>
    ask(
      failed,
      { ...session, ports },
      { look: async () => found, take: async (judged) => void taken.push(judged) },
      never,
    )
  expect(await overtakenBy({ stands: false, news: null })).toBe('overtaken')
  expect(taken).toEqual([])
  expect(await overtakenBy({ stands: false, news })).toBe('overtaken')
  expect(taken).toEqual([news])
  expect((await world.events()).map(({ type }) => type)).toEqual(['launch-opened'])
})

test('a sign-off before anything was built is bound to no files', async () => {
  const world = await launchWorld()
  const session = await world.session()
  await ask({ type: 'approval', id: 'signed', role: 'qa-lead', statement: '' }, session, standing, never)
  expect((await world.events()).at(-1)).toMatchObject({ type: 'approved', binding: { artifact: null } })
})

test('a held canary is promoted or aborted at the stage that is held, not at the last one', async () => {
  const world = await launchWorld()
  const session = await stoppedAt(world, isShown)
  const question: Question = { type: 'held', id: 'held', text: '', promotable: true }
  await ask(question, session, standing, never)
  expect((await world.events()).at(-1)).toMatchObject({ type: 'canary-asked', ask: 'promote', stage: null })
  const key = 'rollout/canary'
  const [stage] = session.state.stages[key] ?? []
  if (!stage) throw new Error('no stage')
  const heldAt = { ...stage, percent: 10, status: 'held' as const, why: '', heldAt: epochMs(1), until: epochMs(2) }
  session.state = { ...session.state, stages: { [key]: [heldAt, { ...stage, percent: 100 }] } } as typeof session.state
  world.answer = () => no
  await ask(question, session, standing, never)
  expect((await world.events()).at(-1)).toMatchObject({
    type: 'canary-asked',
    ask: 'abort',
    stage: 10,
    reason: 'not like this',
  })
})
