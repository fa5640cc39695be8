import { expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { releaseId } from '../../src/core/release.ts'
import { releaseOf, rollBackLaunch } from '../../src/engine/rollback.ts'
import type { Session } from '../../src/engine/session.ts'
import { launchWorld } from '../support/launch-world.ts'
import { never } from '../support/real-time.ts'
import { isShown, listening, stoppedAt } from '../support/stopped-launch.ts'

const order = { kind: 'emergency', reason: 'errors', trigger: 'gate' } as const

async function at10() {
  const world = await launchWorld()
  const { said, watcher } = listening()
  const session = Object.assign(await stoppedAt(world, isShown), { watcher })
  return { world, session, said, from: session.events.length }
}
const types = (session: Session, from: number) => session.events.slice(from).map(({ type }) => type)
const recordFails = (session: Session, error: unknown) =>
  Object.assign(session, { record: async () => Promise.reject(error) })

test('a launch that rolls itself back says so, journals why, turns the flag off and journals what came of it', async () => {
  const { world, session, said, from } = await at10()
  await rollBackLaunch(order, session, never)
  expect(said).toContain('rolling back: errors')
  expect(types(session, from)).toEqual(['rollback-intended', 'rolled-back'])
  expect(session.events[from]).toMatchObject(order)
  const { id } = await world.state()
  const off = { key: 'new-board', percent: 0, latched: true, acks: [], launch: id, updatedBy: 'ci', reason: 'errors' }
  expect(await world.flag()).toMatchObject(off)
  expect(session.events.at(-1)).toMatchObject({ trigger: 'gate', writeId: (await world.flag())?.writeId })
})

test('only a full rollback touches the files', async () => {
  for (const [kind, touched] of [
    ['emergency', false],
    ['full', true],
  ] as const) {
    const world = await launchWorld()
    const calls: string[] = []
    const session = await stoppedAt(world, isShown, (call, go) => (calls.push(call), go()))
    calls.length = 0
    await rollBackLaunch({ ...order, kind }, session, never)
    expect(calls.some((call) => call.startsWith('s3/production'))).toBe(touched)
    expect(await world.flag()).toMatchObject({ latched: true, percent: 0 })
  }
})

test('an intent that is journaled already is not journaled again, nor is one where the journal is known to be away', async () => {
  const again = await at10()
  await again.session.record({ type: 'rollback-intended', ...order }, never)
  await rollBackLaunch(order, again.session, never)
  expect(types(again.session, again.from)).toEqual(['rollback-intended', 'rolled-back'])
  const blind = await at10()
  await rollBackLaunch(order, blind.session, never, [])
  expect(types(blind.session, blind.from)).toEqual([])
  expect(blind.session.owed).toHaveLength(1)
  expect(await blind.world.flag()).toMatchObject({ latched: true })
})

test('a journal that cannot be reached, or does not take it, does not stop it', async () => {
  for (const code of ['UNREACHABLE', 'STEP_FAILED', 'NOT_FOUND'] as const) {
    const { world, session, said } = await at10()
    await rollBackLaunch(order, recordFails(session, new LaunchError(code, 'it says no')), never)
    expect(said).toContain('the journal cannot be written (it says no); rolling back all the same')
    expect(await world.flag()).toMatchObject({ latched: true })
  }
})

test('whoever is overtaken, stopped or broken before the intent is journaled leaves the flag as it is', async () => {
  const overtaken = await at10()
  await (await overtaken.world.session({ resume: true })).record({ type: 'noted', text: 'me first' }, never)
  await rollBackLaunch(order, overtaken.session, never)
  expect(await overtaken.world.flag()).toMatchObject({ percent: 10, latched: false })
  for (const error of [new LaunchError('JOURNAL_CORRUPT', 'x'), new TypeError('a bug')]) {
    const { world, session } = await at10()
    await expect(rollBackLaunch(order, recordFails(session, error), never)).rejects.toBe(error)
    expect(await world.flag()).toMatchObject({ percent: 10 })
  }
  const { world, session } = await at10()
  const away = new LaunchError('UNREACHABLE', 'away')
  await expect(rollBackLaunch(order, recordFails(session, away), AbortSignal.abort())).rejects.toBe(away)
  expect(await world.flag()).toMatchObject({ percent: 10 })
})

test('the release of a launch is that of its artifact, deployed or not', async () => {
  const { session } = await at10()
  const { hash } = session.state.artifact ?? {}
  if (!hash) throw new Error('nothing was built')
  expect(releaseOf(session.state)).toBe(releaseId(hash))
  expect(releaseOf({ ...session.state, artifact: null })).toBeNull()
})
