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
})

test('what a CDN may hold under the same name is invalidated, the root with its index', () => {
  expect(invalidationPaths(files)).toEqual(['/', '/index.html', '/about/index.html', '/robots.txt'])
  expect(invalidationPaths([file('ä b.txt', 'mutable')])).toEqual(['/%C3%A4%20b.txt'])
})

test('what launch keeps for itself lies under one prefix', () => {
  expect([keys.current, keys.manifest('r-1'), keys.kept('r-1', 'a/b.html')]).toEqual([
    '.launch/current.json',
    '.launch/releases/r-1/manifest.json',
    '.launch/releases/r-1/files/a/b.html',
  ])
  expect(keys.manifest('r-1').startsWith(keys.builtReleases)).toBe(true)
})
