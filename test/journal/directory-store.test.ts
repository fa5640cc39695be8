import { execFile } from 'node:child_process'
import { readdir, writeFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { afterAll, expect, test } from 'vitest'
import { version } from '../../src/core/brand.ts'
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
  return { open: () => directoryStore(path) }
})

test('what a crash left half written is never taken for state', async () => {
  const path = await folder()
  const store = directoryStore(path)
  await store.create('events/00000001.json', 'whole', never)
  await writeFile(`${path}/events/~8f14e45f`, '{"half":')
  expect(await store.list('events/', never)).toEqual(['00000001.json'])
  expect(await store.create('events/00000002.json', 'next', never)).toBe('created')
})

test('a version of a row that was never written is a conflict, and leaves no gap behind', async () => {
  const store = directoryStore(await folder())
  await store.swap('active.json', 'a', null, never)
  expect(await store.swap('active.json', 'b', version('generation-4'), never)).toEqual({ status: 'conflict' })
  expect((await store.get('active.json', never))?.body).toBe('a')
})

test('nothing temporary stays behind, not even after a lost race', async () => {
  const path = await folder()
  const store = directoryStore(path)
  await Promise.all([1, 2, 3].map((n) => store.create('a', String(n), never)))
  expect(await readdir(path)).toEqual(['a'])
})

test('processes that count together lose nothing', async () => {
  const path = await folder()
  await directoryStore(path).swap('counter', '0', null, never)
  const script = `
    import { directoryStore } from '${new URL('../../src/journal/directory-store.ts', import.meta.url).pathname}'
    const store = directoryStore(process.argv[2]), { signal } = new AbortController()
    for (let done = 0; done < 25; ) {
      const { body, version } = await store.get('counter', signal)
      if ((await store.swap('counter', String(Number(body) + 1), version, signal)).status === 'written') done += 1
    }`
  const bundle = `${path}/counter.mjs`
  const { build } = await import('esbuild')
  await build({
    stdin: { contents: script, resolveDir: process.cwd() },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: bundle,
  })
  const run = promisify(execFile)
  await Promise.all([1, 2, 3].map(() => run(process.execPath, [bundle, path])))
  expect((await directoryStore(path).get('counter', never))?.body).toBe('75')
})

test('a folder that cannot be written says so and what to do', async () => {
  const path = await folder()
  await writeFile(`${path}/file`, '')
  await expect(directoryStore(`${path}/file`).create('a', 'x', never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: expect.stringContaining('cannot write'),
    hint: expect.stringContaining('--state'),
  })
  // "There is nothing" would be a lie: nothing can ever be there.
  for (const read of [
    directoryStore(`${path}/file/state`).get('a', never),
    directoryStore(`${path}/file`).list('a/', never),
  ])
    await expect(read).rejects.toMatchObject({ code: 'UNREACHABLE', message: expect.stringContaining('cannot read') })
  await directoryStore(path).create('a', 'x', never)
  expect(await directoryStore(path).get('a/b', never)).toBeNull()
})
