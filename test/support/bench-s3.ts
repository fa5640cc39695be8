import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

type Stats = {
  readonly requests: number
  readonly operations: { readonly [name: string]: number }
  readonly slowDowns: number
}

/** The S3 of the deploy benchmark, in a process of its own: written apart from launch and from its sandbox. */
export type BenchS3 = AsyncDisposable & {
  readonly url: string
  /** SHA-256 by key of everything in a bucket. */
  hashes(bucket: string): Promise<{ readonly [key: string]: string }>
  empty(): Promise<void>
  set(query: string): Promise<void>
  stats(): Promise<Stats>
}

export async function benchS3(): Promise<BenchS3> {
  const path = fileURLToPath(new URL('../../bench/deploy/server.mjs', import.meta.url))
  const child = spawn(process.execPath, [path], { stdio: ['pipe', 'pipe', 'inherit'] })
  const [port] = await once(child.stdout, 'data')
  const url = `http://127.0.0.1:${String(port).trim()}`
  const control = async (what: string): Promise<unknown> => (await fetch(`${url}/__bench/${what}`)).json()
  return {
    url,
    hashes: async (bucket) => {
      const objects = (await control('objects')) as readonly { readonly key: string; readonly sha256: string }[]
      const own = objects.filter(({ key }) => key.startsWith(`${bucket}/`))
      return Object.fromEntries(own.map(({ key, sha256 }) => [key.slice(bucket.length + 1), sha256]))
    },
    empty: async () => void (await control('set?empty=1')),
    set: async (query) => void (await control(`set?${query}`)),
    stats: async () => (await control('stats')) as Stats,
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    },
  }
}

export function sha256Of(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex')
}
