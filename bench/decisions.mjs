// npm run bench:decisions -- --runs 400 --rpm 10,100,1000: how the judge and other ways to decide fare on synthetic traffic.
// Bundles bench/decisions/main.ts, which needs nothing but the judge's own source, and runs it. --out FILE writes the page.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const dir = mkdtempSync(join(tmpdir(), 'bench-decisions-'))
const bundle = join(dir, 'main.mjs')
try {
  buildSync({
    entryPoints: [fileURLToPath(new URL('decisions/main.ts', import.meta.url))],
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    outfile: bundle,
    logLevel: 'warning',
  })
  const { status } = spawnSync(process.execPath, ['--expose-gc', bundle, ...process.argv.slice(2)], {
    stdio: 'inherit',
  })
  process.exitCode = status ?? 1
} finally {
  rmSync(dir, { recursive: true })
}
