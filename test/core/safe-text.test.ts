import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hasUnsafeCharacters, safeLine, safeText } from '../../src/core/safe-text.ts'

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
