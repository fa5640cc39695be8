import { expect, test } from 'vitest'
import { readFlag, type FlagSource } from '../../examples/statusboard/src/flag.ts'
import { boardFlag, flagWith } from '../support/board-flag.ts'

const minute = 60_000

/** A browser: what it fetches next (an Error: nothing), what it has stored, and its clock. */
function browser(compiledDefault = false) {
  const state: { served: unknown; stored: string | null; now: number } = { served: null, stored: null, now: 1_000_000 }
  const source: FlagSource = {
    key: 'status-board-v2',
    compiledDefault,
    user: 'somebody',
    fetch: () => (state.served instanceof Error ? Promise.reject(state.served) : Promise.resolve(state.served)),
    load: () => state.stored,
    save: (text) => {
      state.stored = text
    },
    now: () => state.now,
  }
  return {
    serve: (document: unknown) => {
      state.served = document
      return readFlag(source)
    },
    later: (ms: number) => {
      state.now += ms
    },
    store: (text: string) => {
      state.stored = text
    },
  }
}
const unreachable = new Error('offline')

test.each([true, false])('without any document the compiled default %s decides', async (compiled) => {
  expect(await browser(compiled).serve(unreachable)).toEqual({ on: compiled, latched: false, serial: null })
})

test('a document overrules the compiled default', async () => {
  expect(await browser(false).serve(boardFlag(100, { serial: 7 }))).toEqual({ on: true, latched: false, serial: 7 })
  expect(await browser(true).serve(boardFlag(0, { serial: 7 }))).toEqual({ on: false, latched: false, serial: 7 })
})

test.each([
  ['cannot be fetched', unreachable],
  ['is malformed', { flags: {} }],
])('when the document %s the last good one counts for five minutes, then the compiled default', async (_, broken) => {
  const page = browser()
  await page.serve(boardFlag(100, { serial: 7 }))
  page.later(5 * minute)
  expect(await page.serve(broken)).toMatchObject({ on: true, serial: 7 })
  page.later(1)
  expect(await page.serve(broken)).toMatchObject({ on: false, serial: null })
})

test('a stale copy is ignored', async () => {
  const page = browser()
  await page.serve(boardFlag(0, { serial: 9, writeId: 'w9' }))
  expect(await page.serve(boardFlag(100, { serial: 8, writeId: 'w8' }))).toMatchObject({ on: false, serial: 9 })
  expect(await page.serve(boardFlag(100, { serial: 10, writeId: 'w10' }))).toMatchObject({ on: true, serial: 10 })
})

test('a latch turns the board off whatever its serial and whatever its targeting says', async () => {
  const page = browser(true)
  await page.serve(boardFlag(100, { serial: 9, writeId: 'w9' }))
  expect(await page.serve(boardFlag(100, { serial: 3, writeId: 'stop', latch: true }))).toEqual({
    on: false,
    latched: true,
    serial: 3,
  })
})

test('after a latch the board stays off, days later too, until a document acknowledges it', async () => {
  const page = browser(true)
  await page.serve(boardFlag(0, { serial: 9, writeId: 'stop', latch: true }))
  page.later(3 * 24 * 60 * minute)
  expect(await page.serve(boardFlag(100, { serial: 50, writeId: 'w50', acks: ['other'] }))).toMatchObject({
    on: false,
    latched: true,
  })
  expect(await page.serve(unreachable)).toMatchObject({ on: false, latched: true })
  expect(await page.serve(boardFlag(100, { serial: 51, writeId: 'w51', acks: ['stop'] }))).toMatchObject({
    on: true,
    serial: 51,
  })
})

test('a latch written as anything but false holds', async () => {
  const odd = flagWith({ defaultVariant: 'on' }, JSON.parse('{"serial":2,"latch":{"by":"on-call"}}'))
  expect(await browser().serve(odd)).toMatchObject({ on: false, latched: true })
})

test.each(['', 'not json', 'null', '{}', '{"json":{},"confirmedAt":1}'])(
  'stored rubbish %j is forgotten',
  async (text) => {
    const page = browser()
    page.store(text)
    expect(await page.serve(boardFlag(100, { serial: 1 }))).toMatchObject({ on: true, serial: 1 })
  },
)
