import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'

/** The checksum algorithms of S3's `x-amz-checksum-*` headers. */
export const checksumAlgorithms = ['crc32', 'crc32c', 'crc64nvme', 'sha1', 'sha256'] as const
export type ChecksumAlgorithm = (typeof checksumAlgorithms)[number]

/** The checksum of a body as S3 writes it: big-endian bytes in base64. */
export function checksum(algorithm: ChecksumAlgorithm, body: Uint8Array): string {
  switch (algorithm) {
    case 'crc32':
      return uint32(crc32(body))
    case 'crc32c':
      return uint32(crc32c(body))
    case 'crc64nvme':
      return crc64nvme(body)
    case 'sha1':
    case 'sha256':
      return createHash(algorithm).update(body).digest('base64')
  }
}

export function md5Hex(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex')
}

function uint32(value: number): string {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value >>> 0)
  return bytes.toString('base64')
}

/** Castagnoli, reflected polynomial 0x82F63B78 (RFC 3720 appendix B.4). */
function crc32c(body: Uint8Array): number {
  const table = Uint32Array.from({ length: 256 }, (_, index) => {
    let value = index
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1
    return value
  })
  let crc = 0xffffffff
  for (const byte of body) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 0xff] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}

/** CRC-64/NVME, reflected polynomial 0x9A6C9329AC4BC9B5 (NVM Express base specification). */
function crc64nvme(body: Uint8Array): string {
  const table = BigUint64Array.from({ length: 256 }, (_, index) => {
    let value = BigInt(index)
    for (let bit = 0; bit < 8; bit += 1) value = value & 1n ? (value >> 1n) ^ 0x9a6c9329ac4bc9b5n : value >> 1n
    return value
  })
  const ones = 0xffffffffffffffffn
  let crc = ones
  for (const byte of body) crc = (crc >> 8n) ^ (table[Number((crc ^ BigInt(byte)) & 0xffn)] ?? 0n)
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(crc ^ ones)
  return bytes.toString('base64')
}
