import { randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { EpochMs } from '../core/brand.ts'
import type { Site, World } from './types.ts'

/** What a world is made of; stored in it, so that attaching needs only the folder. */
export type SandboxConfig = {
  readonly sites: readonly Site[]
  readonly metrics: World['metrics']
  readonly alarms: readonly string[]
  readonly scenario: string
  readonly seed: number
  /** Where the virtual clock starts, epoch ms. */
  readonly startAt: EpochMs
  /** Buckets beside those of the sites; `account: null`: every account may use it. */
  readonly buckets?: readonly { readonly name: string; readonly account: string | null }[]
}

export type StoredConfig = SandboxConfig & { readonly id: string }

/** The stored config of the world in `dir`, or null when there is none. */
export function readConfig(dir: string): StoredConfig | null {
  const text = readIfThere(join(dir, 'world.json'))
  // world.json is only ever written whole by resetWorld.
  return text === null ? null : (JSON.parse(text) as StoredConfig)
}

/** Throws away what a world holds and writes a new one; the host's lock and ports stay. Only the host may do this. */
export function resetWorld(dir: string, config: SandboxConfig): StoredConfig {
  mkdirSync(dir, { recursive: true })
  for (const name of ['world.json', 'log.jsonl', 'clock', 'blobs'])
    rmSync(join(dir, name), { recursive: true, force: true })
  const stored = { ...config, id: randomUUID() }
  replaceFile(join(dir, 'world.json'), JSON.stringify(stored, null, 2))
  return stored
}

/** Readers see the old text or the new one. */
export function replaceFile(path: string, text: string): void {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, text)
  renameSync(temporary, path)
}

export function readIfThere(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
