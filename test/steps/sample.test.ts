import { expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import type { FileClass, ReleaseFile } from '../../src/core/release.ts'
import { filesToVerify } from '../../src/steps/sample.ts'

const file = (path: string, fileClass: FileClass): ReleaseFile => ({
  path,
  bytes: 1,
  sha256: sha256(path),
  class: fileClass,
  contentType: '',
  cacheControl: '',
})
const assets = Array.from({ length: 2000 }, (_, n) => file(`assets/${n}.js`, 'immutable'))
const pages = [file('index.html', 'html'), file('about.html', 'html'), file('robots.txt', 'mutable')]
const files = [...assets, ...pages]

test('of a large release what may be stale is fetched for certain, and 32 each of the new assets and the others', () => {
  const changed = [...assets.slice(0, 100), ...pages.slice(1)]
  const picked = filesToVerify(files, changed, 'sample')
  const paths = picked.map(({ path }) => path)
  expect(paths).toEqual(expect.arrayContaining(['index.html', 'about.html', 'robots.txt']))
  expect(picked.filter((one) => one.class === 'immutable' && changed.includes(one)).length).toBe(32)
  expect(picked.length).toBe(3 + 32 + 32)
  expect(filesToVerify(files, changed, 'sample')).toEqual(picked)
})

test('all is all, and a small release is all of it anyway', () => {
  expect(filesToVerify(files, [], 'all').length).toBe(2003)
  expect(filesToVerify(files.slice(-150), [], 'sample').length).toBe(150)
})
