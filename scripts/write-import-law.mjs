// Writes the import law of test/support/import-law.ts into .oxlintrc.json: `npm run lint:law` after a change to the law.
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const path = (name) => fileURLToPath(new URL(`../${name}`, import.meta.url))
const { outputFiles } = await build({
  entryPoints: [path('test/support/import-law.ts')],
  bundle: true,
  format: 'esm',
  platform: 'node',
  write: false,
})
const { lintOverrides } = await import(`data:text/javascript,${encodeURIComponent(outputFiles[0].text)}`)

const config = JSON.parse(await readFile(path('.oxlintrc.json'), 'utf8'))
const others = config.overrides.filter((one) => !('no-restricted-imports' in one.rules))
const { overrides: _, ...rest } = config
const head = JSON.stringify(rest, null, 2).replace(/\n\}$/, '')
const lines = [...others, ...lintOverrides()].map((one) => `    ${JSON.stringify(one)}`)
await writeFile(path('.oxlintrc.json'), `${head},\n  "overrides": [\n${lines.join(',\n')}\n  ]\n}\n`)
