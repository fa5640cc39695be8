import { expect, test } from 'vitest'
import { dechunk } from '../../src/sandbox/aws-chunked.ts'

const framed = (text: string) => {
  const found = dechunk(Buffer.from(text))
  return found && { body: Buffer.from(found.body).toString(), trailers: found.trailers }
}

test('chunks are joined, signatures dropped, trailers read', () => {
  expect(
    framed('5;chunk-signature=ab\r\nhello\r\n1\r\n!\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n'),
  ).toEqual({
    body: 'hello!',
    trailers: { 'x-amz-checksum-crc32': 'AAAAAA==' },
  })
})

test.each(['', '5\r\nhel', '5\r\nhello\r\n', 'zz\r\nhello\r\n0\r\n\r\n'])(
  'a body that ends early or is not framed is refused: %j',
  (text) => {
    expect(framed(text)).toBeNull()
  },
)
