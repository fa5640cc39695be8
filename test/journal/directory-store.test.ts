import { mkdir, readdir, writeFile } from 'node:fs/promises'
import { afterAll, expect, test } from 'vitest'
import { version } from '../../src/core/brand.ts'
import { systemDisk } from '../../src/host/disk.ts'
import { createOnce } from '../../src/journal/durable-file.ts'
import { directoryStore } from '../../src/journal/directory-store.ts'
import { stateStoreContract } from '../contract/state-store.contract.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { never } from '../support/real-time.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const folders: TempDir[] = []
async function folder(): Promise<string> {
  const made = await tempDir()
  folders.push(made)
  return made.path
}
afterAll(() => Promise.all(folders.map((made) => made[Symbol.asyncDispose]())))

stateStoreContract('memory', async () => {
  const store = memoryStateStore()
  return { open: () => store }
})
stateStoreContract('directory', async () => {
  const path = await folder()
  return { open: () => directoryStore(path, systemDisk) }
})

test('what a crash left half written is never taken for state', async () => {
  const path = await folder()
  const store = directoryStore(path, systemDisk)
  await store.create('events/00000001.json', 'whole', never)
  await writeFile(`${path}/events/~8f14e45f`, '{"half":')
  expect(await store.list('events/', never)).toEqual(['00000001.json'])
  expect(await store.create('events/00000002.json', 'next', never)).toBe('created')
})

test('a folder that a failed write left empty is no name: its launch was never written', async () => {
  const path = await folder()
  const store = directoryStore(path, systemDisk)
  await store.create('launches/01A/plan.json', 'whole', never)
  await mkdir(`${path}/launches/01B/events`, { recursive: true })
  await writeFile(`${path}/launches/01B/~8f14e45f`, '{"half":')
  expect(await store.list('launches/', never)).toEqual(['01A'])
})

test('a version of a row that was never written is a conflict, and leaves no gap behind', async () => {
  const store = directoryStore(await folder(), systemDisk)
  await store.swap('active.json', 'a', null, never)
  for (const strange of ['generation-4', 'a-generation-0', 'generation-0-a', 'generation-', 'v0'])
    expect(await store.swap('active.json', 'b', version(strange), never), strange).toEqual({ status: 'conflict' })
  expect((await store.get('active.json', never))?.body).toBe('a')
})

test('nothing temporary stays behind, not even after a lost race', async () => {
  const path = await folder()
  const store = directoryStore(path, systemDisk)
  await Promise.all([1, 2, 3].map((n) => store.create('a', String(n), never)))
  expect(await readdir(path)).toEqual(['a'])
})

test('what stands in the way is named with its place and what the system says of it', async () => {
  const path = await folder()
  const store = directoryStore(path, systemDisk)
  expect(store.location).toBe(`file:${path}`)
  await store.create('folder/key', 'x', never)
  await expect(store.get('folder', never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: `cannot read ${path}/folder: EISDIR`,
    hint: 'check the rights there, or name another place with --state',
  })
  const long = 'a'.repeat(128)
  await expect(createOnce(`${path}/${long}${long}`, 'x', systemDisk)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: `cannot write ${path}/${long}${long}: ENAMETOOLONG`,
    hint: 'check the rights and the space there, or name another place with --state',
  })
  expect(await readdir(path)).toEqual(['folder'])
})

test('a folder that cannot be written says so and what to do', async () => {
  const path = await folder()
  await writeFile(`${path}/file`, '')
  await expect(directoryStore(`${path}/file`, systemDisk).create('a', 'x', never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('cannot write'),
    hint: expect.stringContaining('--state'),
  })
  // "There is nothing" would be a lie: nothing can ever be there.
  for (const read of [
    () => directoryStore(`${path}/file/state`, systemDisk).get('a', never),
    () => directoryStore(`${path}/file`, systemDisk).list('a/', never),
  ])
    await expect(read()).rejects.toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('cannot read') })
  await directoryStore(path, systemDisk).create('a', 'x', never)
  expect(await directoryStore(path, systemDisk).get('a/b', never)).toBeNull()
})
