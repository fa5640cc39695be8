import { expect, test } from 'vitest'
import { systemDisk } from '../../src/host/disk.ts'
import { launches, type Launches, type OpenedLaunch } from '../../src/journal/launches.ts'
import { spoolIn } from '../../src/journal/spool.ts'
import { tellSpooled, type SpoolHome } from '../../src/journal/tell-spooled.ts'
import { tinyPlan } from '../support/launch-world.ts'
import { manualClock } from '../support/manual-clock.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { never } from '../support/real-time.ts'
import { spooledRollback } from '../support/spooled-rollback.ts'
import { tempDir } from '../support/temp-dir.ts'

/** Later than every launch here, as ids sort; the second launch has its id from before, too, and is opened when it likes. */
const rollback = spooledRollback('zz', { app: 'board' })

/** One machine whose record waits, one launch that is open. */
async function machine() {
  const dir = await tempDir()
  const store = memoryStateStore()
  const asked = (name: string): Launches => {
    let ids = 0
    const random = { id: () => `${name}${(ids += 1)}` }
    return launches('board', 'production', { store, clock: manualClock(0), random, actor: rollback.actor })
  }
  const open = (name: string): Promise<OpenedLaunch> => {
    const request = { plan: tinyPlan(), commit: name, version: '1', fresh: true, acks: [], sandbox: null }
    return asked(name).open(request, never)
  }
  const spool = spoolIn(dir.file('spool'), systemDisk)
  await spool.keep(rollback)
  const home: SpoolHome = { app: 'board', launches: asked('x'), spool, flagOf: async () => rollback.location }
  return { [Symbol.asyncDispose]: () => dir[Symbol.asyncDispose](), open, spool, home, first: await open('a') }
}

const rollbacksOf = async ({ log }: OpenedLaunch) =>
  (await log.read(never)).filter(({ type }) => type === 'rolled-back').map(({ id }) => id)

test('whoever tells of a rollback after another command told of it tells nobody else', async () => {
  await using at = await machine()
  expect(await tellSpooled(at.home, rollback, never)).toMatchObject({
    status: 'journaled',
    launch: at.first.log.launch,
  })
  await at.spool.drop(rollback.id)
  const next = await at.open('b')
  expect(await tellSpooled(at.home, rollback, never)).toEqual({ status: 'told', open: null })
  expect([await rollbacksOf(at.first), await rollbacksOf(next)]).toEqual([['zz'], []])
})

test('a rollback that was begun to be told goes to the launch it was begun with, once', async () => {
  await using at = await machine()
  const begun = await tellSpooled(at.home, rollback, never)
  const next = await at.open('b')
  expect(await tellSpooled(at.home, rollback, never)).toEqual(begun)
  expect([await rollbacksOf(at.first), await rollbacksOf(next)]).toEqual([['zz'], []])
})

test('a disk that refuses keeps no rollback from the journal', async () => {
  await using at = await machine()
  const settle = () => Promise.reject(new Error('ENOSPC'))
  expect(await tellSpooled({ ...at.home, spool: { settle } }, rollback, never)).toMatchObject({ status: 'journaled' })
  expect(await rollbacksOf(at.first)).toEqual(['zz'])
})
