import { expect, test } from 'vitest'
import { formatStateLocation, parseStateLocation } from '../../src/journal/state-location.ts'

test.each([
  ['file:.launch', { kind: 'file', path: '.launch' }],
  ['file:///var/launches', { kind: 'file', path: '/var/launches' }],
  ['s3://statusboard-launches', { kind: 's3', bucket: 'statusboard-launches', prefix: '' }],
  ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', prefix: 'a/b' }],
  ['s3://bucket///a/b//', { kind: 's3', bucket: 'bucket', prefix: 'a/b' }],
  ['s3://bucket/', { kind: 's3', bucket: 'bucket', prefix: '' }],
])('%s is understood', (text, location) => {
  expect(parseStateLocation(text)).toEqual(location)
  expect(parseStateLocation(formatStateLocation(parseStateLocation(text)))).toEqual(location)
})

test.each(['file:.launch', 's3://bucket', 's3://bucket/a/b'])('%s is written as it was', (text) => {
  expect(formatStateLocation(parseStateLocation(text))).toBe(text)
})

test('what is refused is named', () => {
  expect(() => parseStateLocation('x')).toThrow('the state location "x" is neither a file: nor an s3:// address')
  expect(() => parseStateLocation('s3://B/x')).toThrow('"B" in the state location s3://B/x is no S3 bucket name')
})

test.each(['', '.launch', 'my file:x', 'ss3://bucket/x', 's3:/x', 's3://', 's3://Bad_Bucket/x', 'https://x', 'file:'])(
  '"%s" is refused with what to write',
  (text) => {
    expect(() => parseStateLocation(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('s3://bucket/prefix') }),
    )
  },
)
