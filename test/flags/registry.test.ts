import { afterAll, describe, expect, test } from 'vitest'
import { version } from '../../src/core/brand.ts'
import { LaunchError } from '../../src/core/errors.ts'
import type { Files, HttpResponse, StateStore } from '../../src/core/ports.ts'
import type { FlagPorts } from '../../src/flags/define.ts'
import { fileFlagStore } from '../../src/flags/file.ts'
import { FlagStoreSpec, flagStores, openFlagStore } from '../../src/flags/registry.ts'
import { projectFiles } from '../../src/host/files.ts'
import { systemDisk } from '../../src/host/disk.ts'
import { directoryStore } from '../../src/journal/directory-store.ts'
import { parse } from 'yaml'
import { flagAt, flagStoreContract, type Trouble } from '../contract/flag-store.contract.ts'
import { memoryFiles } from '../support/memory-files.ts'
import { memoryObjectStore } from '../support/memory-object-store.ts'
import { memoryStateStore } from '../support/memory-state-store.ts'
import { noServices } from '../support/no-services.ts'
import { documentStoreOver, edited } from '../support/document-store-over.ts'
import { never } from '../support/real-time.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

const folders: TempDir[] = []
afterAll(() => Promise.all(folders.map((made) => made[Symbol.asyncDispose]())))

flagStoreContract('document in memory', async () => documentStoreOver(memoryObjectStore()))
flagStoreContract('file', async () => {
  const folder = await tempDir()
  folders.push(folder)
  const files = projectFiles(folder.path)
  const ports = { ...portsOver(() => missing), files }
  const path = 'public/flags/board.json'
  // As a person does who opens the file in an editor: of launch's own versions they know nothing.
  const spoil = (text: string) => files.write(path, text)
  const versions = directoryStore(folder.file('.versions'), systemDisk)
  const open = (over: Pick<FlagPorts, 'files' | 'versions'>) =>
    openFlagStore({ key: 'board', store: { kind: 'file', path } as FlagStoreSpec }, { ...ports, ...over })
  return {
    open: () => open({ files, versions }),
    spoil,
    edit: async () => {
      const bytes = await files.read(path)
      await spoil(edited(new TextDecoder().decode(bytes ?? new Uint8Array())))
    },
    troubled: (kind) => open(diskInTrouble(kind, files, versions)),
  }
})

/** `forbidden`: the file is somebody else's. `blind`: no read comes back. `unreachable`: the disk is gone. */
function diskInTrouble(kind: Trouble, files: Files, versions: StateStore) {
  const fails = async () => {
    throw new LaunchError(kind === 'forbidden' ? 'FORBIDDEN' : 'UNREACHABLE', `the disk is ${kind}`)
  }
  if (kind === 'forbidden') return { files: { ...files, write: fails, mustBeWritable: fails }, versions }
  return {
    files: { ...files, read: fails, ...(kind === 'blind' ? {} : { write: fails }) },
    versions: { ...versions, get: fails, ...(kind === 'blind' ? {} : { create: fails, swap: fails }) },
  }
}

test('a rollback without its row of versions turns the file off, and the row does not turn it on again', async () => {
  await using folder = await tempDir()
  const files = projectFiles(folder.path)
  const versions = directoryStore(folder.file('.versions'), systemDisk)
  const ci = fileFlagStore('board.json', 'board', files, versions)
  await ci.write(flagAt(50), null, never)
  const before = await ci.read(never)
  const lost = async () => {
    throw new LaunchError('UNREACHABLE', '.versions cannot be read')
  }
  const onCall = fileFlagStore('board.json', 'board', files, { ...versions, get: lost, swap: lost, create: lost })

  await onCall.forceOff(flagAt(0, { writeId: 'latch' }), never)

  const off = { status: 'present', flag: { percent: 0, latched: true, writeId: 'latch' } }
  expect(await onCall.read(never)).toMatchObject(off)
  expect(await ci.read(never)).toMatchObject(off)
  if (before.status !== 'present') throw new Error('not there')
  expect(await ci.write(flagAt(100), before.version, never)).toEqual({ status: 'conflict' })
  const seen = await ci.read(never)
  if (seen.status !== 'present') throw new Error('not there')
  const again = flagAt(10, { acks: ['latch'], writeId: 'again' })
  expect((await ci.write(again, seen.version, never)).status).toBe('written')
  expect(await ci.read(never)).toMatchObject({ flag: { percent: 10, latched: false } })
  expect((await ci.observe(never)).reading).toMatchObject({ flag: { percent: 10, latched: false } })
})

test('a writer that is slow to publish does not leave an older flag in the file', async () => {
  await using folder = await tempDir()
  const files = projectFiles(folder.path)
  const versions = directoryStore(folder.file('.versions'), systemDisk)
  const quick = fileFlagStore('board.json', 'board', files, versions)
  let delayed = false
  const slowFiles: Files = {
    ...files,
    write: async (path, body) => {
      if (!delayed) {
        delayed = true
        await quick.forceOff(flagAt(0, { writeId: 'latch' }), never)
      }
      await files.write(path, body)
    },
  }
  await fileFlagStore('board.json', 'board', slowFiles, versions).write(flagAt(30), null, never)
  expect((await quick.observe(never)).reading).toMatchObject({ flag: { percent: 0, latched: true, writeId: 'latch' } })
})

test('a file that this machine may not write is said so before and when it is, and no advance is remembered', async () => {
  await using folder = await tempDir({ files: { public: 'a file where its folder should be' } })
  const versions = memoryStateStore()
  const store = fileFlagStore('public/flags/board.json', 'board', projectFiles(folder.path), versions)
  const why = 'public/flags/board.json cannot be written: public is no folder'
  expect(await store.mayWrite?.(never)).toEqual({ allowed: false, detail: why })
  await expect(store.write(flagAt(10), null, never)).rejects.toMatchObject({ code: 'FORBIDDEN', message: why })
  expect(await store.read(never)).toEqual({ status: 'absent' })
  await expect(store.forceOff(flagAt(0), never)).rejects.toMatchObject({ code: 'FORBIDDEN', message: why })
})

test('a full disk is waited for: a rollback tries again', async () => {
  const full = () => Promise.reject(Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' }))
  const store = fileFlagStore('board.json', 'board', { ...memoryFiles({}), write: full }, memoryStateStore())
  await expect(store.forceOff(flagAt(0), never)).rejects.toMatchObject({
    code: 'UNREACHABLE',
    message: 'board.json could not be written: ENOSPC: no space left on device',
  })
})

const missing: HttpResponse = { status: 404, headers: {}, body: new Uint8Array(), ms: 1 }

function portsOver(answer: (url: string) => HttpResponse, objects = memoryObjectStore()): FlagPorts {
  return {
    objects: (bucket) => ({ ...objects, bucket: bucket ?? 'site' }),
    http: { get: async (url) => answer(url) },
    siteUrl: 'https://sb.example',
    files: projectFiles('/nonexistent'),
    versions: memoryStateStore(),
    ...noServices,
  }
}

describe('the store of a run sheet', () => {
  test.each(flagStores.map(({ kind, example }) => [kind, example]))('%s: its example is valid', (_kind, example) => {
    expect(FlagStoreSpec.safeParse(parse(example ?? '')).error).toBeUndefined()
  })

  test('the s3 document is kept five seconds when nothing is said, never longer', () => {
    expect(FlagStoreSpec.parse({ kind: 's3', path: '/flags/x.json' })).toEqual({
      kind: 's3',
      path: '/flags/x.json',
      ttl: 5000,
    })
    const issues = FlagStoreSpec.safeParse({ kind: 's3', path: '/flags/x.json', ttl: '30s' }).error?.issues
    expect(issues).toMatchObject([
      { path: ['ttl'], message: 'a flag is kept by caches for at most 5s, or a rollback takes too long' },
    ])
  })

  test.each(['flags/x.json', '/', '/../x.json', '/a/./x.json', '/a b.json', '/a//b.json'])(
    'the path %s is refused',
    (path) => {
      expect(FlagStoreSpec.safeParse({ kind: 's3', path }).success).toBe(false)
    },
  )

  test('an unknown store or field is refused', () => {
    expect(FlagStoreSpec.safeParse({ kind: 'redis' }).success).toBe(false)
    expect(FlagStoreSpec.safeParse({ kind: 's3', path: '/x.json', region: 'x' }).success).toBe(false)
  })

  test('s3 writes with a short public lifetime and reads back through the site', async () => {
    const objects = memoryObjectStore()
    const asked: string[] = []
    const ports = portsOver((url) => (asked.push(url), missing), objects)
    const store = openFlagStore(
      { key: 'board', store: FlagStoreSpec.parse({ kind: 's3', path: '/flags/x.json' }) },
      ports,
    )
    await store.write(flagAt(10), null, never)
    expect(store.location).toBe('s3://site/flags/x.json')
    expect(await objects.get('flags/x.json', never)).toMatchObject({
      contentType: 'application/json',
      cacheControl: 'public, max-age=5, s-maxage=5',
    })
    expect((await store.observe(never)).reading).toEqual({ status: 'absent' })
    expect(asked).toEqual(['https://sb.example/flags/x.json'])
  })

  test('a page served in place of the document is malformed, a broken site is unreachable', async () => {
    const page = {
      ...missing,
      status: 200,
      headers: { etag: '"page"' },
      body: new TextEncoder().encode('<!doctype html>'),
    }
    const answers = [page, { ...missing, status: 502 }]
    const spec = FlagStoreSpec.parse({ kind: 's3', path: '/flags/x.json', bucket: 'flags-bucket' })
    const store = openFlagStore(
      { key: 'board', store: spec },
      portsOver(() => answers.shift() ?? missing),
    )
    expect(store.location).toBe('s3://flags-bucket/flags/x.json')
    expect((await store.observe(never)).reading).toEqual({
      status: 'malformed',
      why: 'it is not JSON',
      version: version('"page"'),
    })
    await expect(store.observe(never)).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: 'https://sb.example/flags/x.json answers 502',
    })
  })
})
