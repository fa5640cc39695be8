// Builds examples/statusboard/dist, which the package carries: where vite is not installed, the example is launched from it.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'

/** Quick when neither the sources nor the built files changed. Leaves dist/ as it is where vite is not installed. */
export async function buildExample(root, say) {
  const example = join(root, 'examples/statusboard')
  const dist = join(example, 'dist')
  const stampFile = join(root, 'dist/.example-stamp')
  const stamp = async () => `${await hashOf(example, isSource)} ${await hashOf(dist, () => true)}\n`
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === (await stamp())) return
  if (!hasVite(example)) return say('vite is not installed, the example is left as it is')

  const startedAt = performance.now()
  const made = join(root, `dist/example.${process.pid}.tmp`)
  await mkdir(made, { recursive: true })
  try {
    // The flag default of the run sheet, whatever is set around.
    const env = { ...process.env, VITE_FEATURE_STATUS_BOARD_V2: 'false' }
    const child = spawn(process.execPath, [join(example, 'build.mjs'), '--out', made], { env, stdio: ['ignore', 2, 2] })
    const [code] = await once(child, 'close')
    if (code !== 0) throw new Error(`building the example exited ${code}`)
    if ((await hashOf(made, () => true)) !== (await hashOf(dist, () => true))) await replace(dist, made)
  } finally {
    await rm(made, { recursive: true, force: true })
  }
  await writeFile(stampFile, await stamp())
  say(`examples/statusboard/dist in ${Math.round(performance.now() - startedAt)} ms`)
}

function isSource(path) {
  return !/^(?:dist|node_modules)(?:\/|$)/.test(path)
}

function hasVite(example) {
  try {
    createRequire(join(example, 'package.json')).resolve('vite/package.json')
    return true
  } catch {
    return false
  }
}

/** By rename: a launch of the example may be copying it. */
async function replace(dist, made) {
  const old = `${made}.old`
  await rename(dist, old).catch(() => {})
  await rename(made, dist)
  await rm(old, { recursive: true, force: true })
}

/** Of names and contents; empty for a folder that is not there. */
async function hashOf(folder, wanted) {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const hash = createHash('sha256')
  for (const path of paths.filter((one) => wanted(relative(folder, one))).toSorted()) {
    hash.update(`${relative(folder, path)}\0`).update(await readFile(path))
  }
  return hash.digest('hex')
}
