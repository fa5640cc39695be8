import { expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import {
  artifactHash,
  changedFiles,
  invalidationPaths,
  inUploadOrder,
  keys,
  releaseId,
  type Manifest,
  type ReleaseFile,
} from '../../src/core/release.ts'

const file = (path: string, fileClass: ReleaseFile['class'], text = path): ReleaseFile => ({
  path,
  bytes: 1,
  sha256: sha256(text),
  class: fileClass,
  contentType: '',
  cacheControl: '',
})
const files = [
  file('index.html', 'html'),
  file('about/index.html', 'html'),
  file('robots.txt', 'mutable'),
  file('assets/a.js', 'immutable'),
]

test('the same files are the same release, another byte or name is another one', () => {
  expect(artifactHash(files)).toBe(artifactHash([...files]))
  expect(artifactHash(files)).not.toBe(artifactHash(files.slice(1)))
  const renamed = files.map((one, n) => (n === 2 ? { ...one, path: 'robots2.txt' } : one))
  const rewritten = files.map((one, n) => (n === 2 ? { ...one, sha256: sha256('x') } : one))
  expect(new Set([files, renamed, rewritten].map(artifactHash)).size).toBe(3)
  expect(releaseId(sha256('abc'))).toBe('r-ba7816bf8f01')
})

test('index.html is the last of all, after everything it names', () => {
  const { immutable, mutable, html } = inUploadOrder(files)
  expect([immutable, mutable, html].map((some) => some.map(({ path }) => path))).toEqual([
    ['assets/a.js'],
    ['robots.txt'],
    ['about/index.html', 'index.html'],
  ])
})

test('index.html is last wherever it stood', () => {
  const pages = ['a.html', 'index.html', 'z.html'].map((path) => file(path, 'html'))
  for (const order of [pages, pages.toReversed(), [pages[1], pages[0], pages[2]].flatMap((page) => page ?? [])])
    expect(inUploadOrder(order).html.at(-1)?.path).toBe('index.html')
})

test('only what differs from the live release is uploaded; without one, everything', () => {
  const live: Manifest = {
    schema: 1,
    id: 'r',
    version: '',
    commit: '',
    previous: null,
    artifact: sha256('x'),
    files: [...files.slice(1), file('index.html', 'html', 'old')],
  }
  expect(changedFiles(files, live).map(({ path }) => path)).toEqual(['index.html'])
  expect(changedFiles(files, null)).toHaveLength(4)
  // The same bytes served in another way are another file to who gets them.
  const served = (change: Partial<ReleaseFile>) =>
    files.map((one) => (one.path === 'robots.txt' ? { ...one, ...change } : one))
  for (const change of [{ contentType: 'text/plain' }, { cacheControl: 'no-store' }])
    expect(changedFiles(served(change), { ...live, files }).map(({ path }) => path)).toEqual(['robots.txt'])
})

test('what a CDN may hold under the same name is invalidated, the root with its index', () => {
  expect(invalidationPaths(files)).toEqual(['/', '/index.html', '/about/index.html', '/robots.txt'])
  expect(invalidationPaths([file('ä b/c#d?.txt', 'mutable')])).toEqual(['/%C3%A4%20b/c%23d%3F.txt'])
})

test('what launch keeps for itself lies under one prefix', () => {
  expect([keys.current, keys.manifest('r-1'), keys.kept('r-1', 'a/b.html')]).toEqual([
    '.launch/current.json',
    '.launch/releases/r-1/manifest.json',
    '.launch/releases/r-1/files/a/b.html',
  ])
  expect(keys.manifest('r-1').startsWith(keys.builtReleases)).toBe(true)
})
