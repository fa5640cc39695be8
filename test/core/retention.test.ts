import { expect, test } from 'vitest'
import { epochMs } from '../../src/core/brand.ts'
import { sha256 } from '../../src/core/hash.ts'
import { keys, type Current, type Manifest } from '../../src/core/release.ts'
import { pruning, type KnownRelease, type ListedObject } from '../../src/core/retention.ts'

const day = 86_400_000
const now = epochMs(100 * day)
const order = { retention: { releases: 2, ms: 7 * day }, inUse: [] as readonly string[], now }
const current: Current = { schema: 1, release: 'r-5', previous: 'r-4', writeId: 'w', restored: false }

function release(id: string, ageDays: number, assets: readonly string[]): KnownRelease {
  const file = (path: string, fileClass: 'immutable' | 'html') =>
    ({ path, bytes: 10, sha256: sha256(path), class: fileClass, contentType: '', cacheControl: '' }) as const
  const files = [...assets.map((path) => file(path, 'immutable')), file('index.html', 'html')]
  const manifest: Manifest = { schema: 1, id, version: '', commit: '', previous: null, artifact: sha256(id), files }
  return { manifest, at: epochMs(now - ageDays * day) }
}
const releases = [
  release('r-5', 1, ['assets/shared.js', 'assets/5.js']),
  release('r-4', 10, ['assets/shared.js', 'assets/4.js']),
  release('r-3', 20, ['assets/shared.js', 'assets/3.js']),
  release('r-2', 30, ['assets/2.js']),
  release('zero-1', 60, ['assets/old.js']),
]
const listed: readonly ListedObject[] = [
  'assets/shared.js',
  'assets/5.js',
  'assets/4.js',
  'assets/3.js',
  'assets/2.js',
  'assets/old.js',
  'assets/of-others.js',
  'index.html',
  ...releases.flatMap(({ manifest: { id } }) => [keys.manifest(id), keys.kept(id, 'index.html')]),
].map((key) => ({ key, bytes: 10, at: epochMs(now - 40 * day) }))

test('what only old releases need goes, their manifests last; nobody else’s objects and no served page ever do', () => {
  const { pruned, keys: gone } = pruning(releases, current, listed, order)
  expect(pruned).toEqual(['r-3', 'r-2', 'zero-1'])
  expect(gone.slice(-3).every((key) => key.endsWith('manifest.json'))).toBe(true)
  expect(gone.toSorted()).toEqual(
    [
      'assets/3.js',
      'assets/2.js',
      ...['r-3', 'r-2', 'zero-1'].flatMap((id) => [keys.manifest(id), keys.kept(id, 'index.html')]),
    ].toSorted(),
  )
})

test('the served release, the one before, what an open launch needs and young ones stay, and it is said why', () => {
  const young = release('r-6', 2, [])
  const { kept } = pruning([...releases, young], current, listed, {
    ...order,
    retention: { releases: 1, ms: 7 * day },
    inUse: ['r-2'],
  })
  expect(Object.fromEntries(kept.map(({ release: id, why }) => [id, why]))).toEqual({
    'r-5': 'it is served',
    'r-4': 'a rollback goes back to it',
    'r-2': 'an open launch needs it',
    'r-6': 'it is too young',
  })
})

test('what was written within a day, or at an unknown time, is left: a deploy under way may have put it there', () => {
  const fresh = listed.map((one) => (one.key === 'assets/3.js' ? { ...one, at: epochMs(now - 1000) } : one))
  const gone = pruning(releases, current, fresh, order).keys
  expect(gone).not.toContain('assets/3.js')
  // Its manifest stays as well: the next pruning has to know whose it was.
  expect(gone).not.toContain(keys.manifest('r-3'))
  expect(gone).toContain(keys.manifest('r-2'))
  const undated = listed.map(({ key, bytes }) => ({ key, bytes }))
  expect(pruning(releases, current, undated, order).keys).toEqual([])
})

test('without a pointer nothing goes: what is served is not known', () => {
  expect(pruning(releases, null, listed, order).keys).toEqual([])
})
