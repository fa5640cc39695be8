import { linkSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ports } from './server.ts'
import { readIfThere, replaceFile } from './world-config.ts'

/**
 * Who hosts a world. Each host is a generation with its own lock file, created once: of several processes that find a
 * generation dead exactly one creates the next. A file is never deleted while it is the newest, so a slow claimer
 * cannot win an old number.
 */
export type Holder = {
  readonly generation: number
  /** Null: it left in order. */
  readonly pid: number | null
  /** How many other processes were attached when it left. */
  readonly attached: number
}

export type Endpoint = {
  readonly generation: number
  readonly pid: number
  readonly ports: Ports
  readonly speed: number | null
}

export function currentHolder(dir: string): Holder | null {
  const generation = newest(dir)
  if (generation === 0) return null
  const text = readIfThere(lockPath(dir, generation))
  // Lock files are only ever written whole by this file.
  return text === null ? currentHolder(dir) : { generation, ...(JSON.parse(text) as Omit<Holder, 'generation'>) }
}

/** Becomes host of this generation; false when another process did. */
export function claim(dir: string, generation: number): boolean {
  mkdirSync(dir, { recursive: true })
  if (!createOnce(lockPath(dir, generation), { pid: process.pid, attached: 0 })) return false
  if (newest(dir) !== generation) {
    rmSync(lockPath(dir, generation), { force: true })
    return false
  }
  for (const old of generations(dir)) if (old < generation) rmSync(lockPath(dir, old), { force: true })
  return true
}

export function release(dir: string, generation: number, attached: number): void {
  replaceFile(lockPath(dir, generation), JSON.stringify({ pid: null, attached }))
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM: it lives, as somebody else's.
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

export function readEndpoint(dir: string): Endpoint | null {
  const text = readIfThere(join(dir, 'endpoint.json'))
  // Only ever written whole by writeEndpoint.
  return text === null ? null : (JSON.parse(text) as Endpoint)
}

export function writeEndpoint(dir: string, endpoint: Endpoint): void {
  replaceFile(join(dir, 'endpoint.json'), JSON.stringify(endpoint))
}

function createOnce(path: string, content: unknown): boolean {
  const temporary = `${path}.${process.pid}.tmp`
  writeFileSync(temporary, JSON.stringify(content))
  try {
    linkSync(temporary, path)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  } finally {
    rmSync(temporary, { force: true })
  }
}

function newest(dir: string): number {
  return Math.max(0, ...generations(dir))
}

function generations(dir: string): readonly number[] {
  return namesIn(dir).flatMap((name) => {
    const found = /^host\.(\d+)\.lock$/.exec(name)?.[1]
    return found === undefined ? [] : [Number(found)]
  })
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  }
}

function lockPath(dir: string, generation: number): string {
  return join(dir, `host.${generation}.lock`)
}
