import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasUnsafeCharacters, safeLine, safeScreen, safeText } from '../../src/core/safe-text.ts'

const samples = [
  { of: 'colours', given: '\u001B[1;31mred\u001B[0m', want: 'red' },
  { of: 'cursor movement and erasing', given: 'a\u001B[2K\u001B[1Ab\u001B[?25l', want: 'ab' },
  { of: 'a C1 sequence', given: 'a\u009B31mb', want: 'ab' },
  { of: 'a window title', given: '\u001B]0;owned\u0007text', want: 'text' },
  { of: 'a link', given: '\u001B]8;;https://evil.example\u001B\\label\u001B]8;;\u001B\\', want: 'label' },
  { of: 'a clipboard write that never ends', given: 'x\u001B]52;c;cm0gLXJm', want: 'x' },
  { of: 'a terminal query', given: 'a\u001BP$q m\u001B\\b', want: 'ab' },
  { of: 'a reset', given: 'a\u001Bcb', want: 'ab' },
  { of: 'bell, backspace and delete', given: 'a\u0007\bb\u007F', want: 'ab' },
  { of: 'reversed text', given: 'safe\u202Eexe.txt\u2066x\u2069', want: 'safeexe.txtx' },
  { of: 'a carriage return that overwrites', given: 'pass\rFAIL', want: 'passFAIL' },
] as const

for (const { of, given, want } of samples) {
  test(`${of} cannot reach a terminal`, () => {
    expect(safeText(given)).toBe(want)
    expect(hasUnsafeCharacters(given)).toBe(true)
  })
}

test('plain text in any language, tabs and line ends stay', () => {
  const text = 'p95\t812 ms – größer als 800 ms\n日本語 ✔ 👍🏽'

  expect(safeText(text)).toBe(text)
  expect(safeText('a\r\nb')).toBe('a\nb')
  expect(safeLine('  a\n b\t c ')).toBe('a b c')
  expect(hasUnsafeCharacters('größe.css')).toBe(false)
  expect(hasUnsafeCharacters('a\nb')).toBe(true)
  expect(hasUnsafeCharacters('a\tb')).toBe(true)
})

test('a screen keeps the colours launch paints with, where there are colours, and nothing else of a terminal', () => {
  const painted = 'a \u001B[1mbold\u001B[22m \u001B[31mred\u001B[39m \u001B[92mgreen\u001B[0m b'
  expect(safeScreen(painted, true)).toBe(painted)
  expect(safeScreen(painted, false)).toBe('a bold red green b')
  // Black, white and default on something, blinking, hidden and inverted text, backgrounds: nothing of launch's.
  for (const code of ['4', '5', '7', '8', '30', '38', '40', '41', '98', '1;31', '100', '01', ''])
    expect(safeScreen(`\u001B[${code}mx`, true)).toBe('x')
  expect(safeScreen('\u001B[31mred\u001B[2K\r\u0007\u202E\u001B[39m', true)).toBe('\u001B[31mred\u001B[39m')
})

test('a sequence without its end takes the rest of the sequence with it, and no text before it', () => {
  expect(safeText('a\u001B')).toBe('a')
  expect(safeText('a\u001B[31')).toBe('a')
  expect(safeText('a\u001B(Bb')).toBe('ab')
  expect(safeText('a\u001B]0;title\u009Cb')).toBe('ab')
  expect(safeText('a\u001B[ qb\u001B[?1;2$yc')).toBe('abc')
})

test('what was made safe once is safe: nothing is left, nothing changes again', () => {
  const nasty = fc.string({
    unit: fc.constantFrom(
      '\u001B',
      '[',
      ']',
      '\\',
      '\u0007',
      '\u009B',
      '\u009C',
      'm',
      '0',
      ';',
      'é',
      '\u202E',
      '\r',
      '\n',
      'P',
    ),
  })

  fc.assert(
    fc.property(nasty, (text) => {
      const safe = safeText(text)
      // The unsafe set, said a second time and independently: Unicode categories Cc (without tab and newline) and Cf.
      expect(safe.replaceAll(/[\t\n]/g, '')).not.toMatch(/[\p{Cc}\p{Cf}]/u)
      expect(safeText(safe)).toBe(safe)
    }),
    { numRuns: 2000 },
  )
})
