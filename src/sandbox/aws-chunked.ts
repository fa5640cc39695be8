/** A body in `aws-chunked` framing: what SDKs send for streams, with the checksum behind it as a trailer. */
export type Dechunked = { readonly body: Uint8Array; readonly trailers: { readonly [name: string]: string } }

export function isChunked(headers: { readonly [name: string]: string }): boolean {
  return (
    (headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-') ||
    /\baws-chunked\b/.test(headers['content-encoding'] ?? '')
  )
}

/** Null when the framing is broken or the body ends early. */
export function dechunk(framed: Uint8Array): Dechunked | null {
  const bytes = Buffer.from(framed.buffer, framed.byteOffset, framed.byteLength)
  const parts: Buffer[] = []
  let at = 0
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd).split(';')[0] ?? '', 16)
    if (!Number.isInteger(size)) return null
    at = lineEnd + 2
    if (size === 0) return { body: Buffer.concat(parts), trailers: trailersOf(bytes.toString('utf8', at)) }
    if (at + size + 2 > bytes.length) return null
    parts.push(bytes.subarray(at, at + size))
    at += size + 2
  }
}

function trailersOf(text: string): { readonly [name: string]: string } {
  const lines = text.split(/\r?\n/).filter((line) => line.includes(':'))
  return Object.fromEntries(
    lines.map((line) => [
      line.slice(0, line.indexOf(':')).trim().toLowerCase(),
      line.slice(line.indexOf(':') + 1).trim(),
    ]),
  )
}
