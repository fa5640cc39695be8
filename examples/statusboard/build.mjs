// Builds the app into dist/ (or `--out DIR`). Same sources and same flag default give the same bytes.
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('.', import.meta.url))
const outAt = process.argv.indexOf('--out')
const outDir = outAt === -1 ? resolve(root, 'dist') : resolve(process.argv[outAt + 1] ?? 'dist')
const flagDefault = process.env.VITE_FEATURE_STATUS_BOARD_V2 || 'false'

// A NODE_ENV from around must not change what is built.
process.env.NODE_ENV = 'production'

const vite = await import('vite').catch((error) => {
  if (error.code === 'ERR_MODULE_NOT_FOUND') return null
  throw error
})
if (vite === null) await keepPackagedBuild()
else await vite.build({ root, mode: 'production', logLevel: 'warn', build: { outDir, emptyOutDir: true } })

/** Without vite (an installed package has no development tools) a build that came along stands, if it is the one asked for. */
async function keepPackagedBuild() {
  const html = await readFile(resolve(outDir, 'index.html'), 'utf8').catch(() => '')
  if (html.includes(`name="feature-status-board-v2" content="${flagDefault}"`)) {
    console.log('vite is not installed: the build that came with the package is used')
    return
  }
  console.error(
    `vite is not installed, and there is no build in ${outDir} with the flag default ${flagDefault}: run npm install`,
  )
  process.exitCode = 1
}
