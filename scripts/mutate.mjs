// Mutation testing, folder by folder (stryker.config.mjs): `npm run mutate`, or `npm run mutate -- journal` for one of them.
// What follows a folder goes to Stryker: `npm run mutate -- core --mutate 'src/core/reduce*.ts'`. Ends with 1 when a folder is
// below its threshold, with 2 for a folder there is not. docs/mutation.md says what the scores mean.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const folders = ['journal', 'core', 'core/stats', 'engine']
const [only, ...more] = process.argv.slice(2)
if (only !== undefined && !folders.includes(only)) {
  process.stderr.write(`"${only}" is none of ${folders.join(', ')}\n`)
  process.exit(2)
}
const stryker = fileURLToPath(new URL('../node_modules/@stryker-mutator/core/bin/stryker.js', import.meta.url))

const failed = (only === undefined ? folders : [only]).filter((folder) => {
  const env = { ...process.env, MUTATE: folder }
  return spawnSync(process.execPath, [stryker, 'run', ...more], { stdio: 'inherit', env }).status !== 0
})
process.exitCode = failed.length === 0 ? 0 : 1
