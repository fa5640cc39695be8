import { execFile } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { access } from 'node:fs/promises'
import { promisify } from 'node:util'
import { inject } from 'vitest'

/** Programs some tests need that `npm ci` does not bring. On CI all of them must be there. */
export type Tool = 'aws' | 'chromium' | 'moto' | 'python' | 'unleash'

const tools = {
  aws: { probe: () => onPath('aws'), why: 'the AWS CLI (aws) is not installed' },
  chromium: { probe: chromiumPath, why: 'no Chromium found (CHROMIUM_PATH, chromium, google-chrome)' },
  moto: { probe: motoModule, why: 'the Python package moto[server] is not installed' },
  python: { probe: () => onPath('python3'), why: 'python3 is not installed' },
  unleash: {
    probe: async () => (await import('./unleash-server.ts')).unleashHere(),
    why: 'unleash-server (UNLEASH_SERVER names the folder it is installed in) or PostgreSQL is not installed',
  },
} as const satisfies Record<Tool, { readonly probe: () => Promise<string | null>; readonly why: string }>

/** Says that something is not tested in this run and why; `npm test` prints it at the end as `waived: …`. */
export function waive(reason: string): void {
  appendFileSync(inject('waivedFile'), `${reason.replaceAll(/\s+/g, ' ')}\n`)
}

/**
 * True when a program is missing, which is then waived: `test.skipIf(await lacks('moto'))`.
 * With CI=true a missing program is a failure instead.
 */
export async function lacks(tool: Tool): Promise<boolean> {
  const { probe, why } = tools[tool]
  if ((await probe()) !== null) return false
  if (process.env['CI'] === 'true') throw new Error(`${why}: CI must not waive it (see .ci/run)`)
  waive(why)
  return true
}

/** Where Chromium is, or null. */
export async function chromiumPath(): Promise<string | null> {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined && named !== '') return named
  for (const name of ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']) {
    const found = await onPath(name)
    if (found !== null) return found
  }
  return null
}

async function onPath(name: string): Promise<string | null> {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter).filter((entry) => entry !== '')) {
    const candidate = join(folder, name)
    if (
      await access(candidate, 1).then(
        () => true,
        () => false,
      )
    )
      return candidate
  }
  return null
}

async function motoModule(): Promise<string | null> {
  const script = 'import importlib.util as u, sys; sys.exit(0 if u.find_spec("moto") and u.find_spec("flask") else 1)'
  return promisify(execFile)('python3', ['-c', script]).then(
    () => 'python3',
    () => null,
  )
}
