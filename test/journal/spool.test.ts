import { mkdir, readdir, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { launchId } from '../../src/core/brand.ts'
import { systemDisk } from '../../src/host/disk.ts'
import { spoolIn, type SpooledEvent } from '../../src/journal/spool.ts'
import { spooledRollback } from '../support/spooled-rollback.ts'
import { tempDir } from '../support/temp-dir.ts'

test('what the journal was not told of is read back whole, oldest first, until it is dropped', async () => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.file('state', 'spool'), systemDisk)
  for (const id of ['02', '03', '01']) await spool.keep(spooledRollback(id))
  expect(await spoolIn(spool.folder, systemDisk).read()).toEqual({
    kept: ['01', '02', '03'].map((id) => spooledRollback(id)),
    strange: [],
  })
  await spool.drop('02')
  // Two flushes may tell of the same one.
  await spool.drop('02')
  expect((await spool.read()).kept.map(({ id }) => id)).toEqual(['01', '03'])
})

const settledOn = (launch: string): SpooledEvent => {
  const { result, writeId, ...kept } = spooledRollback('01')
  const happening = { type: 'rolled-back', result, writeId, trigger: 'operator' } as const
  return { ...kept, schema: 2, app: 'board', launch: launchId(launch), happening }
}

test('once it is settled which launch it is about, it is told to no other, and dropped as one', async () => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.file('state', 'spool'), systemDisk)
  await spool.keep(spooledRollback('01'))
  expect(await spool.settle(settledOn('L1'))).toEqual(settledOn('L1'))
  expect(await spool.settle(settledOn('L2'))).toEqual(settledOn('L1'))
  expect(await spool.read()).toEqual({ kept: [settledOn('L1')], strange: [] })
  await spool.drop('01')
  expect(await readdir(spool.folder)).toEqual([])
})

test('what another process told of and dropped is not settled again, and leaves nothing behind', async () => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.file('state', 'spool'), systemDisk)
  await spool.keep(spooledRollback('01'))
  await spool.settle(settledOn('L1'))
  await spool.drop('01')
  expect(await spool.settle(settledOn('L2'))).toBeNull()
  expect(await readdir(spool.folder)).toEqual([])
})

test('what was settled says nothing once that was dropped which it was about', async () => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.file('state', 'spool'), systemDisk)
  await spool.keep(spooledRollback('01'))
  await spool.settle(settledOn('L1'))
  // As after a crash in the middle of a drop.
  await rm(join(spool.folder, '01.json'))
  expect(await spool.read()).toEqual({ kept: [], strange: [] })
})

test('a machine that never kept one has none', async () => {
  await using dir = await tempDir()
  expect(await spoolIn(dir.file('spool'), systemDisk).read()).toEqual({ kept: [], strange: [] })
})

test('nobody else on the machine may read who did what', async () => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.file('state', 'spool'), systemDisk)
  await spool.keep(spooledRollback('01'))
  const modes = [spool.folder, dirname(spool.folder), `${spool.folder}/01.json`].map(
    async (path) => (await stat(path)).mode,
  )
  expect((await Promise.all(modes)).map((mode) => (mode & 0o777).toString(8))).toEqual(['700', '700', '600'])
})

test.each([
  ['half of one', '{"schema":1,"id":"0'],
  ['nothing', ''],
  ['null', 'null'],
  ['a text', '"rollback"'],
  ['one of a newer version', JSON.stringify({ ...spooledRollback('00'), schema: 2 })],
  ['one of no version', JSON.stringify({ ...spooledRollback('00'), schema: undefined })],
  ...(['id', 'at', 'actor', 'result', 'writeId', 'app', 'location'] as const).map((field): [string, string] => [
    `one without its ${field}`,
    JSON.stringify({ ...spooledRollback('00'), [field]: undefined }),
  ]),
])('a file that holds %s is named, left where it is, and keeps no other one back', async (_what, body) => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.path, systemDisk)
  await spool.keep(spooledRollback('01'))
  await writeFile(dir.file('00.json'), body)
  expect(await spool.read()).toEqual({ kept: [spooledRollback('01')], strange: ['00.json'] })
  expect((await readdir(dir.path)).sort()).toEqual(['00.json', '01.json'])
})

test('files of other kinds are nothing to it', async () => {
  await using dir = await tempDir()
  await mkdir(dir.file('old'))
  await writeFile(dir.file('note.txt'), 'x')
  expect(await spoolIn(dir.path, systemDisk).read()).toEqual({ kept: [], strange: [] })
})

test('one that another flush drops while they are read was told of by it: it is neither kept nor strange', async () => {
  await using dir = await tempDir()
  const spool = spoolIn(dir.path, systemDisk)
  await spool.keep(spooledRollback('02'))
  // Its name is there and it is not, as between the two.
  await symlink(dir.file('gone'), dir.file('01.json'))
  expect(await spool.read()).toEqual({ kept: [spooledRollback('02')], strange: [] })
})

test('one that cannot be removed is refused as the disk refuses it, and waits', async () => {
  await using dir = await tempDir()
  const gone = Object.assign(new Error('read-only'), { code: 'EROFS' })
  const spool = spoolIn(dir.path, { ...systemDisk, remove: () => Promise.reject(gone) })
  await spool.keep(spooledRollback('01'))
  await expect(spool.drop('01')).rejects.toMatchObject({ code: 'UNREACHABLE', message: /01\.json: EROFS$/ })
  expect((await spool.read()).kept).toEqual([spooledRollback('01')])
})
