// Bundles src/cli.ts into dist/: one ESM entry, and a chunk for whatever is loaded lazily. Builds the example, too.
// Quick when nothing changed: npx runs `prepare` again and again.
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { joinChunks } from './join-chunks.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const stampFile = join(dist, '.stamp')
const byText = (a, b) => (a < b ? -1 : 1)
/** A launch that runs while this builds goes on loading the chunks it was built with: longer than a launch window lasts. */
const keepChunksMs = 6 * 3_600_000
const say = (text) => process.stderr.write(`build: ${text}\n`)

/** To import node:process reads all its properties, stdin and the list of node's flags among them: 3 ms of every start. */
const globalProcess = {
  name: 'global-process',
  setup: (build) => {
    build.onResolve({ filter: /^(?:node:)?process$/ }, () => ({ path: 'process', namespace: 'global-process' }))
    build.onLoad({ filter: /./, namespace: 'global-process' }, () => ({ contents: 'module.exports = process' }))
  },
}

/** Zod speaks forty languages, a third of a megabyte to read at every start; launch writes its own messages over the English ones. */
const englishOnly = {
  name: 'english-only',
  setup: (build) => {
    build.onLoad({ filter: /\/zod\/v4\/locales\/index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js'",
      resolveDir: dirname(path),
    }))
  },
}

/** Node loads these when one of their functions is first asked for, not at every start: --help needs none of them. */
const lazyBuiltins = {
  name: 'lazy-builtins',
  setup: (build) => {
    build.onResolve({ filter: /^(?:node:)?(?:child_process|crypto|os|tty|timers\/promises)$/ }, ({ path }) => ({
      path: path.replace('node:', ''),
      namespace: 'lazy-builtins',
    }))
    build.onLoad({ filter: /./, namespace: 'lazy-builtins' }, async ({ path }) => {
      const names = Object.getOwnPropertyNames(await import(`node:${path}`)).filter((name) => name !== 'default')
      const load = `process.getBuiltinModule(${JSON.stringify(path)})`
      return {
        contents: `module.exports = { ${names.map((name) => `get ${name}() { return ${load}.${name} }`).join(', ')} }`,
      }
    })
  },
}

const startedAt = performance.now()
const esbuild = await loadEsbuild()
const hasSource = await exists(join(root, 'src/cli.ts'))
if (!hasSource) {
  // Installed from a tarball: dist/ came with it.
  say('no src/cli.ts here, nothing to build')
} else if (esbuild === null) {
  say('esbuild is not installed (npm ci without dev dependencies), dist/ left as it is')
} else {
  await build()
  if (await exists(join(root, 'examples/statusboard/build.mjs'))) {
    const { buildExample } = await import('./build-example.mjs')
    await buildExample(root, say)
  }
}

async function loadEsbuild() {
  try {
    return await import('esbuild')
  } catch (error) {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return null
    throw error
  }
}

async function build() {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  const stamp = await stampOfInputs()
  if (!['--force', '--clean'].some((flag) => process.argv.includes(flag)) && (await isBuilt(stamp))) return

  const common = { format: 'esm', platform: 'node', target: 'node20', legalComments: 'none', logLevel: 'warning' }
  const result = await esbuild.build({
    ...common,
    absWorkingDir: root,
    entryPoints: { cli: 'src/cli.ts' },
    outdir: 'dist',
    bundle: true,
    splitting: true,
    chunkNames: 'chunks/[name]-[hash]',
    // Without `module` first esbuild takes the CommonJS build of the AWS SDK, which it cannot shake.
    mainFields: ['module', 'main'],
    define: { LAUNCH_VERSION: JSON.stringify(version) },
    // Bundled CommonJS packages call require() for node: modules.
    banner: { js: 'const require = process.getBuiltinModule;' },
    plugins: [globalProcess, lazyBuiltins, englishOnly],
    sourcemap: false,
    metafile: true,
    write: false,
  })
  const files = await Promise.all((await joinChunks(esbuild, result, common)).map(smaller))
  await writeAll(files)
  await writeOverview()
  await writeInPlace(join(dist, 'third-party-licenses.txt'), await licensesOf(Object.keys(result.metafile.inputs)))
  await writeInPlace(stampFile, stamp)
  say(`dist/cli.js and ${files.length - 1} chunks in ${Math.round(performance.now() - startedAt)} ms`)
}

/** Less to read and to parse at every start; names stay, for the stack of a bug. */
async function smaller({ path, text }) {
  const options = { minifyWhitespace: true, minifySyntax: true, format: 'esm', platform: 'node', target: 'node20' }
  const { code } = await esbuild.transform(text, { ...options, legalComments: 'none' })
  return { path, text: code }
}

async function isBuilt(stamp) {
  const built = await readFile(stampFile, 'utf8').catch(() => '')
  return built === stamp && (await exists(join(dist, 'cli.js')))
}

function exists(path) {
  return stat(path).then(
    () => true,
    () => false,
  )
}

/** Chunks first, entry last, each by rename: a launch that runs while this builds never sees half a file. */
async function writeAll(files) {
  const byEntryLast = files.toSorted(
    (a, b) => Number(basename(a.path) === 'cli.js') - Number(basename(b.path) === 'cli.js'),
  )
  for (const file of byEntryLast) {
    const isEntry = file.path === join(dist, 'cli.js')
    const text = isEntry && !file.text.startsWith('#!') ? `#!/usr/bin/env node\n${file.text}` : file.text
    await writeInPlace(file.path, text, isEntry ? 0o755 : 0o644)
  }
  const wanted = new Set(files.map((file) => file.path))
  const keepFrom = process.argv.includes('--clean') ? Infinity : Date.now() - keepChunksMs
  for (const name of await readdir(join(dist, 'chunks')).catch(() => [])) {
    const path = join(dist, 'chunks', name)
    if (!wanted.has(path) && (await stat(path)).mtimeMs < keepFrom) await rm(path, { force: true })
  }
}

/** `launch --help`, written down: to make it takes the definition of every command, as long to load as node itself. */
async function writeOverview() {
  const file = join(dist, 'overview.txt')
  // With a second flag the program says it itself.
  const { stdout } = await promisify(execFile)(process.execPath, [join(dist, 'cli.js'), '--help', '--no-color'])
  await writeInPlace(file, stdout)
}

async function writeInPlace(path, text, mode = 0o644) {
  await mkdir(dirname(path), { recursive: true })
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, text)
  await chmod(temporary, mode)
  await rename(temporary, path)
}

/** Changes whenever an input may have: sources, this script, versions of what is bundled. */
async function stampOfInputs() {
  const hash = createHash('sha256')
  const inputs = await readdir(join(root, 'src'), { recursive: true, withFileTypes: true })
  const sources = inputs.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const others = ['package.json', 'package-lock.json'].map((name) => join(root, name))
  const scripts = ['scripts/build.mjs', 'scripts/join-chunks.mjs'].map((name) => join(root, name))
  for (const path of [...sources, ...others, ...scripts].toSorted(byText)) {
    hash.update(`${relative(root, path)}\0`).update(await readFile(path).catch(() => ''))
  }
  return hash.digest('hex')
}

/** What the licences of the bundled packages ask for: their text goes with the copy. Equal texts once. */
async function licensesOf(inputs) {
  const folders = new Set(
    inputs.map((input) => /^(?:.*node_modules\/)(?:@[^/]+\/)?[^/]+/.exec(input)?.[0]).filter(Boolean),
  )
  const packagesByText = new Map()
  for (const folder of [...folders].toSorted(byText)) {
    const { name, version, license } = JSON.parse(await readFile(join(root, folder, 'package.json'), 'utf8'))
    const file = (await readdir(join(root, folder))).find((entry) => /^licen[cs]e/i.test(entry))
    const text = file ? (await readFile(join(root, folder, file), 'utf8')).trim() : `(${license})`
    packagesByText.set(text, [...(packagesByText.get(text) ?? []), `${name} ${version}`])
  }
  const parts = [...packagesByText].map(([text, packages]) => `${packages.join('\n')}\n\n${text}\n`)
  return parts.join(`\n${'-'.repeat(80)}\n\n`)
}
