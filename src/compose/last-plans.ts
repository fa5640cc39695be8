import { randomUUID } from 'node:crypto'
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { hashOf } from '../core/hash.ts'
import type { RollbackFacts } from '../runsheet/rollback-facts.ts'

/**
 * What this machine launched last, app by app: enough for an emergency rollback where no run sheet is at hand. One small
 * file per app and place of its state, readable by this user alone.
 */
export type LastPlans = {
  /** Never throws: a launch does not depend on it. */
  remember(facts: RollbackFacts): Promise<void>
  /** Newest last. What cannot be read is left out. */
  read(): Promise<readonly RollbackFacts[]>
}

type Kept = { readonly schema: 1; readonly at: number; readonly facts: RollbackFacts }

export function lastPlans(folder: string, now: () => number): LastPlans {
  return {
    remember: async (facts) => {
      const name = `${hashOf([facts.app ?? '', facts.state ?? '']).slice(0, 16)}.json`
      const temporary = join(folder, `.${randomUUID()}`)
      const kept: Kept = { schema: 1, at: now(), facts }
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(temporary, `${JSON.stringify(kept)}\n`, { mode: 0o600 })
        await rename(temporary, join(folder, name))
      } catch {
        // A read-only home is common on CI; the run sheet is there.
      }
    },
    read: async () => {
      const names = await readdir(folder).catch(() => [])
      const kept = await Promise.all(
        names.filter((name) => name.endsWith('.json')).map((name) => readKept(join(folder, name))),
      )
      return kept
        .flatMap((one) => one ?? [])
        .sort((a, b) => a.at - b.at)
        .map(({ facts }) => facts)
    },
  }
}

async function readKept(path: string): Promise<Kept | null> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    if (typeof value !== 'object' || value === null || !('schema' in value) || value.schema !== 1) return null
    return value as Kept // written by `remember` above
  } catch {
    return null
  }
}
