import { expect, test } from 'vitest'
import { sha256 } from '../../src/core/hash.ts'
import { asReleaseFiles, contentTypeOf } from '../../src/steps/serve.ts'
import { verifyServed } from '../../src/steps/verify-served.ts'
import { LaunchError } from '../../src/core/errors.ts'
import { manualClock } from '../support/manual-clock.ts'
import { never } from '../support/real-time.ts'

test('browsers get the type of every file, with a charset for text', () => {
  expect(
    ['a.html', 'a.js', 'a.css', 'a.json', 'a.svg', 'a.png', 'a.woff2', 'a.wasm', 'LICENSE'].map(contentTypeOf),
  ).toEqual([
    'text/html; charset=utf-8',
    'text/javascript; charset=utf-8',
    'text/css; charset=utf-8',
    'application/json; charset=utf-8',
    'image/svg+xml; charset=utf-8',
    'image/png',
    'font/woff2',
    'application/wasm',
    'application/octet-stream',
  ])
})

const entry = (path: string, text = path) => ({ path, bytes: text.length, sha256: sha256(text) })

test('immutable files may be kept for ever, HTML is asked for every time, also when a glob names it', () => {
  const files = asReleaseFiles(
    ['assets/a.js', 'assets/deep/b.css', 'assets/page.html', 'index.html', 'robots.txt'].map((path) => entry(path)),
    ['assets/**'],
  )
  expect(files.map(({ class: fileClass }) => fileClass)).toEqual(['immutable', 'immutable', 'html', 'html', 'mutable'])
  expect(files[0]?.cacheControl).toContain('immutable')
  expect(files[3]?.cacheControl).toContain('max-age=0')
  expect(asReleaseFiles([entry('assets/a.js')], [])[0]?.class).toBe('mutable')
})

const files = asReleaseFiles([entry('a.txt'), entry('ä b.txt')], [])
const answer = (text: string, status = 200) => ({ status, headers: {}, body: new TextEncoder().encode(text), ms: 1 })

test('old copies are waited for until they expire', async () => {
  const clock = manualClock(0)
  const http = {
    get: async (url: string) => answer(clock.now() < 10_000 ? 'old' : decodeURI(new URL(url).pathname.slice(1))),
  }
  expect(await verifyServed('https://x', files, { http, clock }, 60_000, never)).toEqual({ verified: 2, wrong: [] })
  expect(clock.now()).toBe(10_000)
})

test('an edge is asked for sixty-four files at once, and no more', async () => {
  const many = asReleaseFiles(
    Array.from({ length: 200 }, (_, n) => entry(`${n}.txt`)),
    [],
  )
  let [underWay, most] = [0, 0]
  const http = {
    get: async (url: string) => {
      underWay += 1
      most = Math.max(most, underWay)
      await new Promise((resolve) => setImmediate(resolve))
      underWay -= 1
      return answer(new URL(url).pathname.slice(1))
    },
  }
  const { verified } = await verifyServed('https://x', many, { http, clock: manualClock(0) }, 0, never)
  expect([verified, most]).toEqual([200, 64])
})

test('what stays wrong is named with what is served instead', async () => {
  const http = {
    get: async (url: string) =>
      url.endsWith('a.txt') ? answer('', 404) : Promise.reject(new LaunchError('UNREACHABLE', 'no answer')),
  }
  const { verified, wrong } = await verifyServed('https://x', files, { http, clock: manualClock(0) }, 5000, never)
  expect([verified, wrong]).toEqual([
    0,
    [
      { path: 'a.txt', why: 'answers 404' },
      { path: 'ä b.txt', why: 'no answer' },
    ],
  ])
  const stale = await verifyServed(
    'https://x',
    files,
    { http: { get: async () => answer('old') }, clock: manualClock(0) },
    0,
    never,
  )
  expect(stale.wrong[0]?.why).toMatch(/^serves [0-9a-f]{12} instead of [0-9a-f]{12}$/)
})
