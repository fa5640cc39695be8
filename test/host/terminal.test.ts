import { expect, test } from 'vitest'
import { canPrompt, terminalOf } from '../../src/host/terminal.ts'

const tty = { isTTY: true, columns: 120, rows: 40 }
const pipe = {}
const auto = { color: null }

const colours = [
  { says: 'a terminal gets colour', stream: tty, flags: auto, env: { TERM: 'xterm' }, level: 1 },
  {
    says: 'a terminal with 256 colours gets them',
    stream: tty,
    flags: auto,
    env: { TERM: 'xterm-256color' },
    level: 2,
  },
  {
    says: 'a true colour terminal gets all',
    stream: tty,
    flags: auto,
    env: { TERM: 'xterm-256color', COLORTERM: 'truecolor' },
    level: 3,
  },
  { says: 'a pipe gets none', stream: pipe, flags: auto, env: { TERM: 'xterm-256color' }, level: 0 },
  { says: 'NO_COLOR takes it from a terminal', stream: tty, flags: auto, env: { NO_COLOR: '1' }, level: 0 },
  { says: 'an empty NO_COLOR says nothing', stream: tty, flags: auto, env: { NO_COLOR: '' }, level: 1 },
  { says: 'a dumb terminal gets none', stream: tty, flags: auto, env: { TERM: 'dumb' }, level: 0 },
  { says: 'FORCE_COLOR gives it to a pipe', stream: pipe, flags: auto, env: { FORCE_COLOR: '1' }, level: 1 },
  { says: 'FORCE_COLOR beats NO_COLOR', stream: pipe, flags: auto, env: { FORCE_COLOR: '2', NO_COLOR: '1' }, level: 2 },
  { says: 'FORCE_COLOR=0 takes it away', stream: tty, flags: auto, env: { FORCE_COLOR: '0' }, level: 0 },
  { says: '--color beats NO_COLOR on a pipe', stream: pipe, flags: { color: true }, env: { NO_COLOR: '1' }, level: 1 },
  { says: '--no-color beats FORCE_COLOR', stream: tty, flags: { color: false }, env: { FORCE_COLOR: '3' }, level: 0 },
] as const

for (const { says, stream, flags, env, level } of colours) {
  test(says, () => {
    expect(terminalOf(stream, flags, env, 'linux').colorLevel).toBe(level)
  })
}

test('a terminal is repainted, a dumb one and a pipe are not', () => {
  expect(terminalOf(tty, auto, { TERM: 'xterm' }, 'linux').live).toBe(true)
  expect(terminalOf(tty, auto, { TERM: 'dumb' }, 'linux').live).toBe(false)
  expect(terminalOf(pipe, auto, { TERM: 'xterm', FORCE_COLOR: '1' }, 'linux').live).toBe(false)
})

test('the size is the terminal’s, else COLUMNS, else 80 × 24', () => {
  expect(terminalOf(tty, auto, { COLUMNS: '60' }, 'linux')).toMatchObject({ columns: 120, rows: 40 })
  expect(terminalOf(pipe, auto, { COLUMNS: '60' }, 'linux')).toMatchObject({ columns: 60, rows: 24 })
  expect(terminalOf(pipe, auto, { COLUMNS: 'wide' }, 'linux')).toMatchObject({ columns: 80, rows: 24 })
  // A pseudo terminal nobody sized reports 0.
  expect(terminalOf({ isTTY: true, columns: 0, rows: 0 }, auto, {}, 'linux')).toMatchObject({ columns: 80, rows: 24 })
})

test('symbols beyond ASCII follow the locale', () => {
  const unicode = (env: Record<string, string>, platform: NodeJS.Platform = 'linux') =>
    terminalOf(pipe, auto, env, platform).unicode

  expect(unicode({ LANG: 'C.UTF-8' })).toBe(true)
  expect(unicode({ LANG: 'de_DE.utf8' })).toBe(true)
  expect(unicode({ LANG: 'de_DE.UTF-8', LC_ALL: 'C' })).toBe(false)
  expect(unicode({ LANG: 'C.UTF-8', TERM: 'linux' })).toBe(false)
  expect(unicode({})).toBe(false)
  expect(unicode({ CI: 'true' })).toBe(true)
  expect(unicode({}, 'darwin')).toBe(true)
  expect(unicode({}, 'win32')).toBe(false)
  expect(unicode({ WT_SESSION: 'x' }, 'win32')).toBe(true)
})

test('a person is asked only where they can read and answer', () => {
  expect(canPrompt({ isTTY: true }, tty, { noInput: false })).toBe(true)
  expect(canPrompt({}, tty, { noInput: false })).toBe(false)
  expect(canPrompt({ isTTY: true }, pipe, { noInput: false })).toBe(false)
  expect(canPrompt({ isTTY: true }, tty, { noInput: true })).toBe(false)
})
