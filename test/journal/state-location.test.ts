import { expect, test } from 'vitest'
import { formatStateLocation, parseStateLocation } from '../../src/journal/state-location.ts'

test.each([
  ['file:.launch', { kind: 'file', path: '.launch' }],
  ['file:///var/launches', { kind: 'file', path: '/var/launches' }],
  ['s3://statusboard-launches', { kind: 's3', bucket: 'statusboard-launches', prefix: '' }],
  ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', prefix: 'a/b' }],
])('%s is understood', (text, location) => {
  expect(parseStateLocation(text)).toEqual(location)
  expect(parseStateLocation(formatStateLocation(parseStateLocation(text)))).toEqual(location)
})

test.each(['', '.launch', 's3:/x', 's3://', 's3://Bad_Bucket/x', 'https://x', 'file:'])(
  '"%s" is refused with what to write',
  (text) => {
    expect(() => parseStateLocation(text)).toThrow(
      expect.objectContaining({ code: 'USAGE', hint: expect.stringContaining('s3://bucket/prefix') }),
    )
  },
)
