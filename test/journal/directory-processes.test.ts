import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { systemDisk } from '../../src/host/disk.ts'
import { directoryStore } from '../../src/journal/directory-store.ts'
import { never } from '../support/real-time.ts'
import { tempDir } from '../support/temp-dir.ts'

test('processes that count together lose nothing', async () => {
  await using dir = await tempDir()
  const { path } = dir
  await directoryStore(path, systemDisk).swap('counter', '0', null, never)
  const script = `
    import { directoryStore } from '${new URL('../../src/journal/directory-store.ts', import.meta.url).pathname}'
    import { systemDisk } from '${new URL('../../src/host/disk.ts', import.meta.url).pathname}'
    const store = directoryStore(process.argv[2], systemDisk), { signal } = new AbortController()
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
  expect((await directoryStore(path, systemDisk).get('counter', never))?.body).toBe('75')
})
