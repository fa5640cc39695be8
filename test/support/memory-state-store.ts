import { version } from '../../src/core/brand.ts'
import type { StateStore } from '../../src/core/ports.ts'
import { assertStateKey } from '../../src/journal/state-key.ts'

/** State in memory; every write has a version of its own. */
export function memoryStateStore(): StateStore {
  const entries = new Map<string, { readonly body: string; readonly n: number }>()
  let writes = 0
  const write = (key: string, body: string) => {
    writes += 1
    entries.set(key, { body, n: writes })
    return version(`v${writes}`)
  }
  return {
    location: 'memory:',
    get: async (key, signal) => {
      signal.throwIfAborted()
      const found = entries.get(key)
      return found ? { body: found.body, version: version(`v${found.n}`) } : null
    },
    create: async (key, body, signal) => {
      signal.throwIfAborted()
      assertStateKey(key)
      if (entries.has(key)) return 'exists'
      write(key, body)
      return 'created'
    },
    swap: async (key, body, expect, signal) => {
      signal.throwIfAborted()
      const found = entries.get(key)
      const holds = expect === null ? found === undefined : found !== undefined && `v${found.n}` === expect
      return holds ? { status: 'written', version: write(key, body) } : { status: 'conflict' }
    },
    list: async (prefix, signal) => {
      signal.throwIfAborted()
      const under = [...entries.keys()].filter((key) => key.startsWith(prefix))
      return [...new Set(under.map((key) => key.slice(prefix.length).split('/', 1)[0] ?? ''))].sort()
    },
  }
}
