import fc from 'fast-check'
import { expect, test } from 'vitest'
import { canonicalJson, hashOf, sha256 } from '../../src/core/hash.ts'

test('hashes as everybody else does', () => {
  // FIPS 180-2, the empty message and "abc".
  expect(sha256('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855')
  expect(sha256(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  )
})

test('equal values have equal text whatever the order of their keys, and it is still the same JSON', () => {
  expect(canonicalJson({ b: [1, undefined], a: { d: undefined, c: 'ü' } })).toBe('{"a":{"c":"ü"},"b":[1,null]}')
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const turned = Object.fromEntries(Object.entries(value).toReversed())
      expect(hashOf(turned)).toBe(hashOf(value))
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)))
    }),
  )
})
