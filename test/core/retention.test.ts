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

test('a page that only a pruned release has stays: its name does not carry its content, somebody may have taken it since', () => {
  const { manifest, at } = release('r-3', 20, ['assets/3.js'])
  const page = { ...manifest.files.at(-1), path: 'about.html', class: 'html' } as (typeof manifest.files)[number]
  const known = { manifest: { ...manifest, files: [...manifest.files, page] }, at }
  const old = ['about.html', 'assets/3.js', keys.kept('r-3', 'about.html'), keys.kept('r-3', 'assets/3.js')]
  const there = old.map((key) => ({ key, bytes: 1, at: epochMs(now - 40 * day) }))
  expect(pruning([...releases.slice(0, 2), known], current, there, order).keys).toEqual([
    'assets/3.js',
    keys.kept('r-3', 'about.html'),
  ])
})

test('what is freed is said: the bytes of every object that goes, and of nothing that stays', () => {
  const sized = listed.map((one, n) => ({ ...one, bytes: 2 ** n }))
  const { keys: gone, bytes } = pruning(releases, current, sized, order)
  expect(bytes).toBe(sized.reduce((total, one) => total + (gone.includes(one.key) ? one.bytes : 0), 0))
  expect(bytes).toBeGreaterThan(2 ** 10)
})

test('of a release that was there before launch came only the copy launch made goes, whatever it lists', () => {
  const before = release('zero-1', 60, ['assets/old.js'])
  const theirs = [...listed, { key: keys.kept('zero-1', 'assets/old.js'), bytes: 10, at: epochMs(now - 40 * day) }]
  const { keys: gone } = pruning([...releases.slice(0, 4), before], current, theirs, order)
  expect(gone.filter((key) => key.includes('zero-1') || key.includes('old'))).toEqual([
    keys.kept('zero-1', 'index.html'),
    keys.manifest('zero-1'),
  ])
})

test('the last releases are counted from the newest, in whatever order the store lists them', () => {
  const why = (known: readonly KnownRelease[]) =>
    pruning(known, current, listed, { ...order, retention: { releases: 3, ms: 0 } }).kept
  const expected = [
    { release: 'r-5', why: 'it is served' },
    { release: 'r-4', why: 'a rollback goes back to it' },
    { release: 'r-3', why: 'one of the last 3' },
  ]
  expect(why(releases)).toEqual(expected)
  expect(why(releases.toReversed())).toEqual(expected)
  const shuffled = [2, 4, 0, 3, 1].flatMap((n) => releases[n] ?? [])
  expect(why(shuffled)).toEqual(expected)
})

test('a release whose age the store does not say counts as new and stays', () => {
  const undated = { ...release('r-9', 0, []), at: null }
  const { kept, pruned } = pruning([...releases, undated], current, listed, {
    ...order,
    retention: { releases: 0, ms: 7 * day },
  })
  expect(kept.at(0)).toEqual({ release: 'r-9', why: 'its age is not known' })
  expect(pruned).toEqual(['r-3', 'r-2', 'zero-1'])
})

test('an age that is reached exactly is old enough: seven days for a release, one for an object', () => {
  const { pruned, keys: gone } = pruning(
    [...releases.slice(0, 2), release('r-3', 7, ['assets/3.js'])],
    current,
    listed.map((one) => ({ ...one, at: epochMs(now - day) })),
    { ...order, retention: { releases: 0, ms: 7 * day } },
  )
  expect(pruned).toEqual(['r-3'])
  expect(gone).toEqual(['assets/3.js', keys.kept('r-3', 'index.html'), keys.manifest('r-3')])
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
  const { keys: gone, kept } = pruning(releases, null, listed, order)
  expect(gone).toEqual([])
  expect(new Set(kept.map(({ why }) => why))).toEqual(new Set(['which release is served is not known']))
})
