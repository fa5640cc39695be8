import { expect, test } from 'vitest'
import { checksum, type ChecksumAlgorithm } from '../../src/sandbox/s3-checksum.ts'

// The check values of the CRC catalogue (reveng) for "123456789"; the SHA sums are those of sha1sum and sha256sum.
test.each<readonly [ChecksumAlgorithm, string]>([
  ['crc32', 'cbf43926'],
  ['crc32c', 'e3069283'],
  ['crc64nvme', 'ae8b14860a799888'],
  ['sha1', 'f7c3bc1d808e04732adf679965ccc34ca7ae3441'],
  ['sha256', '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225'],
])('%s of 123456789 is its published check value', (algorithm, hex) => {
  expect(Buffer.from(checksum(algorithm, Buffer.from('123456789')), 'base64').toString('hex')).toBe(hex)
})
