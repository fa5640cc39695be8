/** A file that goes into an archive: a relative path of at most 100 bytes, and its content. */
export type TarFile = { readonly path: string; readonly body: Uint8Array }

const block = 512

/**
 * Files as a POSIX ustar archive (IEEE Std 1003.1, pax: header fields at fixed places, numbers in octal, two empty blocks
 * at the end). `modifiedAt` is in epoch ms and the same for all, so that equal files give equal bytes.
 */
export function tar(files: readonly TarFile[], modifiedAt: number): Uint8Array {
  const parts = files.flatMap(({ path, body }) => [header(path, body.length, modifiedAt), body, padding(body.length)])
  const all = [...parts, new Uint8Array(2 * block)]
  const archive = new Uint8Array(all.reduce((total, { length }) => total + length, 0))
  let at = 0
  for (const part of all) {
    archive.set(part, at)
    at += part.length
  }
  return archive
}

function header(path: string, bytes: number, modifiedAt: number): Uint8Array {
  const text = new TextEncoder()
  const name = text.encode(path)
  if (name.length > 100) throw new Error(`"${path}" is too long for an archive`)
  const made = new Uint8Array(block)
  const put = (at: number, value: string) => made.set(text.encode(value), at)
  made.set(name, 0)
  put(100, octal(0o644, 7))
  put(108, octal(0, 7)) // owner and group: root, as unpacking decides anyway
  put(116, octal(0, 7))
  put(124, octal(bytes, 11))
  put(136, octal(Math.floor(modifiedAt / 1000), 11))
  put(148, ' '.repeat(8)) // the checksum counts its own field as spaces
  put(156, '0')
  put(257, 'ustar\u000000')
  put(
    148,
    `${octal(
      made.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\u0000 `,
  )
  return made
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0')
}

function padding(bytes: number): Uint8Array {
  return new Uint8Array((block - (bytes % block)) % block)
}
