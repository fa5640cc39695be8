// `npm run fuzz -- --count 100000 --binary 1000 --seed 1`: run sheets with slips of the hand and of the editor, in process and through
// the binary. Each gives a plan, or one error that says where and is fit to print, soon. A failing one is printed with its number.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { mutated } from './mutated-sheet.mjs'

const print = (line) => void process.stdout.write(`${line}\n`)
const root = fileURLToPath(new URL('..', import.meta.url))
const given = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}
const count = given('count', 100_000)
const throughBinary = given('binary', 1000)
const seed = given('seed', 20_261_201)
const most = { ms: 200, heapBytes: 64 * 2 ** 20 }

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc')
const folder = await mkdtemp(join(tmpdir(), 'launch-fuzz-'))
let failed = 0
try {
  const sheets = await Promise.all(
    ['test/support/small-sheet.ts', 'runsheet.yaml'].map((path) => readFile(join(root, path), 'utf8')),
  )
  const small = /= `([^]*)`/.exec(sheets[0])[1].replaceAll('\\${', '${')
  await inProcess(small, sheets[1])
  await overBinary(small, sheets[1])
} finally {
  await rm(folder, { recursive: true, force: true })
}
process.exitCode = failed > 0 ? 1 : 0

async function inProcess(small, large) {
  const bundle = join(folder, 'runsheet.mjs')
  await build({
    absWorkingDir: root,
    stdin: {
      contents: `export { openSheet } from './src/runsheet/load.ts'
export { compilePlan } from './src/runsheet/compile.ts'
export { LaunchError } from './src/core/errors.ts'`,
      resolveDir: root,
      loader: 'ts',
    },
    outfile: bundle,
    bundle: true,
    format: 'esm',
    platform: 'node',
    mainFields: ['module', 'main'],
    banner: { js: 'const require = process.getBuiltinModule;' },
    logLevel: 'error',
  })
  const code = await import(pathToFileURL(bundle).href)
  const prototypes = prototypeKeys()
  const tally = { plans: 0, refused: 0, slowestMs: 0, heapBytes: 0 }
  let bytes = new Uint8Array()
  const files = { read: async () => bytes }
  const one = async (n) => {
    bytes = mutated(n % 20 === 0 ? large : small, seed, n)
    const startedAt = cpuMs()
    const faults = await faultsOf(code, files, bytes, tally)
    const tookMs = cpuMs() - startedAt
    tally.slowestMs = Math.max(tally.slowestMs, tookMs)
    if (tookMs > most.ms && n >= 200) faults.push(`${tookMs.toFixed(0)} ms`)
    if (prototypeKeys() !== prototypes) faults.push('a prototype was changed')
    if (faults.length > 0) await report(n, bytes, faults)
  }
  // The first ones compile the schemas and fill caches: what grows afterwards is a leak.
  for (let n = 0; n < Math.min(200, count); n += 1) await one(n)
  tally.slowestMs = 0
  collect()
  const heapBefore = process.memoryUsage().heapUsed
  for (let n = 200; n < count; n += 1) {
    await one(n)
    if (n % 5000 === 0 || n === count - 1) {
      collect()
      tally.heapBytes = Math.max(tally.heapBytes, process.memoryUsage().heapUsed - heapBefore)
      process.stderr.write(`${n} of ${count}\n`)
    }
  }
  if (tally.heapBytes > most.heapBytes) await report(-1, bytes, [`the heap grew by ${tally.heapBytes} bytes`])
  const { plans, refused, slowestMs, heapBytes } = tally
  print(
    `in process: ${count} sheets, ${plans} plans, ${refused} refused with a position, ${failed} failures; slowest ${slowestMs.toFixed(0)} ms, heap + ${(heapBytes / 2 ** 20).toFixed(1)} MiB`,
  )
}

async function faultsOf({ openSheet, compilePlan, LaunchError }, files, bytes, tally) {
  try {
    compilePlan(await openSheet(files, 'runsheet.yaml', { HOME: '/home/x' }))
    tally.plans += 1
    return []
  } catch (error) {
    if (!(error instanceof LaunchError)) return [`not an error for people: ${error?.stack ?? error}`]
    tally.refused += 1
    const { line = 0, col = 0 } = error.at ?? {}
    const lines = new TextDecoder().decode(bytes).split('\n').length
    return [
      ...(error.outcome === 'invalid' ? [] : [`ends as ${error.outcome}, not with 2`]),
      ...(line >= 1 && col >= 1 && line <= lines ? [] : [`no such place: ${line}:${col} of ${lines} lines`]),
      ...(/^runsheet\.yaml:\d+:\d+ /.test(error.message) ? [] : [`no place in ${error.message}`]),
      ...(/[\p{Cc}\p{Bidi_Control}]/u.test(error.message.replaceAll('\n', '')) ? ['control characters'] : []),
    ]
  }
}

async function overBinary(small, large) {
  let [plans, refused, failures] = [0, 0, 0]
  const one = async (n) => {
    const bytes = mutated(n % 4 === 0 ? large : small, seed, 1_000_000 + n)
    const name = `sheet-${n}.yaml`
    await writeFile(join(folder, name), bytes)
    const { status, stderr } = await launch(['plan', '--runsheet', name])
    const faults = [
      ...(status === 0 || status === 2 ? [] : [`ends with ${status}`]),
      ...(status !== 2 || new RegExp(`${name}:\\d+:\\d+ `).test(stderr) ? [] : [`no place in ${stderr}`]),
      ...(/^\s+at .*:\d+:\d+\)?$/m.test(stderr) ? [`a stack: ${stderr}`] : []),
      // eslint-disable-next-line no-control-regex -- looked for, not printed
      ...(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/.test(stderr)
        ? ['control characters']
        : []),
    ]
    if (status === 0) plans += 1
    else refused += 1
    if (faults.length > 0) {
      failures += 1
      await report(1_000_000 + n, bytes, faults)
    }
    await rm(join(folder, name))
  }
  let next = 0
  const worker = async () => {
    while (next < throughBinary) await one(next++)
  }
  await Promise.all([worker(), worker()])
  print(
    `through the binary: ${throughBinary} sheets, ${plans} plans, ${refused} refused with a position, ${failures} failures`,
  )
}

function launch(args) {
  const env = { PATH: process.env.PATH, HOME: folder, LANG: 'C.UTF-8', TZ: 'UTC' }
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'dist/cli.js'), ...args],
      { cwd: folder, env, maxBuffer: 2 ** 26 },
      (error, _out, stderr) => resolve({ status: error === null ? 0 : (error.code ?? error.signal), stderr }),
    )
  })
}

async function report(n, bytes, faults) {
  failed += 1
  if (failed > 10) return
  const path = join(tmpdir(), `launch-fuzz-${seed}-${n}.yaml`)
  await writeFile(path, bytes)
  print(`#${n} (--seed ${seed}) ${path}\n  ${faults.join('\n  ')}`)
}

/** Processor time: the machine may be busy with other things. */
function cpuMs() {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function prototypeKeys() {
  const all = [Object, Array, Function, String, Map, Set, Date, Error].map(({ prototype }) =>
    Reflect.ownKeys(prototype).map(String),
  )
  return JSON.stringify(all)
}
