// Written apart from `safeText`, as code points: C0, DEL, C1, bidi marks and isolates, zero-width, line separators, surrogates.
const ranges = [
  [0x00, 0x1f],
  [0x7f, 0x9f],
  [0x61c, 0x61c],
  [0x200b, 0x200f],
  [0x2028, 0x202e],
  [0x2060, 0x2069],
  [0xfeff, 0xfeff],
  [0xd800, 0xdfff],
] as const

/** Code points in a text that may not reach a terminal or a page; a line break is allowed. */
export function forbiddenIn(text: string): readonly number[] {
  return Array.from(text, (character) => character.codePointAt(0) ?? 0).filter(
    (code) => code !== 0x0a && ranges.some(([from, to]) => code >= from && code <= to),
  )
}
