import { sha256 } from '../../src/core/hash.ts'
import type { Files } from '../../src/core/ports.ts'

/** A project folder in memory: `{ 'dist/index.html': '<html>' }`. */
export function memoryFiles(initial: {
  readonly [path: string]: string
}): Files & { set(path: string, text: string): void } {
  const files = new Map<string, Uint8Array>(
    Object.entries(initial).map(([path, text]) => [path, new TextEncoder().encode(text)]),
  )
  return {
    tree: async (folder) =>
      [...files]
        .filter(([path]) => path.startsWith(`${folder}/`))
        .map(([path, body]) => ({ path: path.slice(folder.length + 1), bytes: body.byteLength, sha256: sha256(body) }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
    read: async (path) => files.get(path) ?? null,
    write: async (path, body) => {
      files.set(path, typeof body === 'string' ? new TextEncoder().encode(body) : body)
    },
    set: (path, text) => {
      files.set(path, new TextEncoder().encode(text))
    },
  }
}
