import { mkdir, rename, stat, utimes, writeFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { projectFiles } from '../../src/host/files.ts'
import { KnownHashes } from '../../src/host/known-hashes.ts'
import { sha256 } from '../../src/core/hash.ts'
import { tempDir } from '../support/temp-dir.ts'

const old = new Date('2026-01-01T00:00:00Z')
const hash = sha256(new TextEncoder().encode('a'))

test('a file that is as it was need not be read again; one that is another, or was written just before, has to be', async () => {
  await using dir = await tempDir()
  const path = dir.file('app.js')
  await writeFile(path, 'one')
  await utimes(path, old, old)
  const found = await stat(path)
  const known = new KnownHashes()
  const muchLater = found.ctimeMs + 60_000

  known.learn(path, found, hash, muchLater)
  expect(known.of(path, () => found)).toEqual({ sha256: hash, bytes: 3 })
  expect(known.of(dir.file('other.js'), () => found)).toBeNull()
  expect(known.of(path, () => undefined)).toBeNull()

  known.learn(path, found, hash, found.ctimeMs + 1999)
  expect(known.of(path, () => found)).toBeNull()

  known.learn(path, found, hash, muchLater)
  await writeFile(path, 'two')
  await utimes(path, old, old)
  const disguised = await stat(path)
  expect(disguised.mtimeMs).toBe(found.mtimeMs)
  expect(known.of(path, () => disguised)).toBeNull()
})

test('a folder that is listed twice is listed as it is the second time, whatever was done to its times', async () => {
  await using dir = await tempDir()
  await mkdir(dir.file('dist'))
  for (const [name, text] of Object.entries({ a: 'one', b: 'two', c: 'six' })) {
    await writeFile(dir.file(`dist/${name}`), text)
    await utimes(dir.file(`dist/${name}`), old, old)
  }
  const files = projectFiles(dir.path)
  const hashes = async () => Object.fromEntries((await files.tree('dist')).map((one) => [one.path, one.sha256]))
  const of = (text: string) => sha256(new TextEncoder().encode(text))
  // Longer than the times of a file are coarse: from here on what was read is remembered.
  await new Promise((resolve) => setTimeout(resolve, 2100))
  expect(await hashes()).toEqual({ a: of('one'), b: of('two'), c: of('six') })

  await writeFile(dir.file('dist/a'), 'ONE')
  await utimes(dir.file('dist/a'), old, old)
  await rename(dir.file('dist/c'), dir.file('dist/d'))
  await writeFile(dir.file('dist/c'), 'SIX')
  await utimes(dir.file('dist/c'), old, old)
  expect(await hashes()).toEqual({ a: of('ONE'), b: of('two'), c: of('SIX'), d: of('six') })
})
