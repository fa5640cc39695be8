import { expect, test } from 'vitest'
import type { Question } from '../../src/core/ports.ts'
import { launchWorld, type LaunchWorld } from '../support/launch-world.ts'

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
