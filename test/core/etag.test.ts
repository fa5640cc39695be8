import { expect, test } from 'vitest'
import { etagInParts, etagOf, partBytes } from '../../src/core/etag.ts'
import type { LargeBody } from '../../src/core/ports.ts'

const mebibyte = 2 ** 20

test('a body that was sent whole has its MD5 for an ETag', () => {
  // RFC 1321, A.5
  expect(etagOf(new TextEncoder().encode('abc'))).toBe('900150983cd24fb0d6963f7d28e17f72')
})

/** Bytes that repeat 0–250; says which ranges were asked for. */
function body(bytes: number): LargeBody & { readonly asked: [number, number][] } {
  const asked: [number, number][] = []
  const slice = async (from: number, to: number) => {
    asked.push([from, to])
    return Buffer.alloc(
      to - from,
      Uint8Array.from({ length: 251 }, (_, i) => (from + i) % 251),
    )
  }
  return { bytes, slice, asked }
}

// By Python's hashlib over the same bytes in parts of 8 MiB.
test.each([
  [8 * mebibyte, 'e039da9ee1fa336ed66c53824ac058a7-1'],
  [8 * mebibyte + 1, '207d5ad937887dd79678eed060f706be-2'],
  [16 * mebibyte, 'c6f57ab91799c96d38c98664ee613a41-2'],
])('%i bytes that were sent in parts have the ETag that S3 gives them', async (bytes, etag) => {
  const large = body(bytes)
  expect(await etagInParts(large)).toBe(etag)
  expect(large.asked.every(([, to]) => to <= bytes)).toBe(true)
})

test('parts are of 8 MiB, and larger where S3 would take no more than 10,000 of them', () => {
  expect(partBytes(5 * 2 ** 30)).toBe(8 * mebibyte)
  expect(partBytes(80_000 * mebibyte)).toBe(8 * mebibyte)
  const most = 5 * 2 ** 40
  expect(Math.ceil(most / partBytes(most))).toBe(10_000)
  expect(partBytes(most)).toBeLessThan(5 * 2 ** 30)
})
