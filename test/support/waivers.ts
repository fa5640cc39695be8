import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where `waive` collects its lines, for every worker of this run. */
    waivedFile: string
  }
}

/** vitest global setup: gives the run a file for waivers and prints it when the run is over. */
export function setup(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'launch-waived-'))
  const file = join(folder, 'waived.txt')
  writeFileSync(file, '')
  project.provide('waivedFile', file)
  return () => {
    const reasons = [...new Set(readFileSync(file, 'utf8').split('\n'))].filter((line) => line !== '').sort()
    rmSync(folder, { recursive: true, force: true })
    process.stderr.write(reasons.map((reason) => `waived: ${reason}\n`).join(''))
  }
}
