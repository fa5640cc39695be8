// Runs the simulation of test/simulation over many seeds: npm run simulate -- --seeds N [--from K]
// (5,000 from 1), or --seed S for one with its
// trace. With --mutants every protocol mutant of test/simulation/mutants.ts, each of which some seed has to kill; --only NAME,…
// chooses, --try SEED,… begins with seeds that killed before, and with --seed shows how. --coverage adds how many lines of src the seeds went through, --missed those they did not.
import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { coverageTable, linesRun } from './simulation-coverage.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))
const say = (text) => process.stdout.write(`${text}\n`)
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '5000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    lines: { type: 'string', default: '80' },
    mutants: { type: 'boolean', default: false },
    only: { type: 'string' },
    try: { type: 'string' },
    coverage: { type: 'boolean', default: false },
    missed: { type: 'boolean', default: false },
    workers: { type: 'string', default: String(Math.min(2, availableParallelism())) },
  },
})
const [seeds, from, workers] = [Number(values.seeds), Number(values.from), Number(values.workers)]

/** With as many seeds everything that may happen has to happen. */
const enoughForAll = 5000

/** A whole world is young: with room for several of them hardly anything of one is ever taken for old. */
const youngSpace = ['--min-semi-space-size=64', '--max-semi-space-size=64']

const folder = await mkdtemp(join(root, 'node_modules/.simulate-'))
try {
  if (values.mutants) process.exitCode = await killAll()
  else if (values.seed !== undefined)
    process.exitCode = await showSeed(Number(values.seed), await bundle('worker.ts', await theMutant()))
  else process.exitCode = await simulate()
} finally {
  await rm(folder, { recursive: true, force: true })
}

async function simulate() {
  const worker = await bundle('worker.ts')
  const startedAt = performance.now()
  const share = Array.from({ length: workers }, (_, i) => ({
    first: from + i,
    count: Math.ceil((seeds - i) / workers),
  }))
  const reports = await Promise.all(share.map(({ first, count }) => run(worker, ['all', first, count, workers]).done))
  const seconds = (performance.now() - startedAt) / 1000
  const sum = (field) => reports.reduce((total, report) => total + report[field], 0)
  const counts = {}
  for (const report of reports)
    for (const [name, times] of Object.entries(report.counts)) counts[name] = (counts[name] ?? 0) + times
  const { mustHappen } = await import(await bundle('must-happen.ts'))
  for (const name of mustHappen) counts[name] ??= 0
  say(table(counts))
  const days = (sum('virtualMs') / 86_400_000).toFixed(1)
  say(
    `${seeds} seeds from ${from}: ${sum('steps')} steps, ${days} days of virtual time, ${(seeds / seconds).toFixed(0)} seeds/s on ${workers} workers`,
  )
  const failures = reports.flatMap((report) => report.failures).toSorted((a, b) => a.seed - b.seed)
  for (const { seed, violations } of failures)
    say(`seed ${seed}: ${violations.map(({ invariant, what }) => `${invariant} ${what}`).join('; ')}`)
  const never = seeds < enoughForAll ? [] : mustHappen.filter((name) => counts[name] === 0)
  if (never.length > 0) say(`never happened, so nothing is proven about it: ${never.join(', ')}`)
  if (failures.length > 0) {
    say('')
    await showSeed(failures[0].seed, worker)
  }
  if (values.coverage) say(coverageTable(await linesRun(worker, join(folder, 'coverage'), root), values.missed))
  say(`${failures.length} violating seeds`)
  return failures.length > 0 || never.length > 0 ? 1 : 0
}

async function showSeed(seed, worker) {
  const { lines, violations, hash } = await run(worker, ['trace', seed]).done
  const last = lines.findLastIndex((line) => line.includes('VIOLATION'))
  const end = last < 0 ? lines.length : Math.min(lines.length, last + 3)
  for (const line of [lines[0], ...lines.slice(Math.max(1, end - Number(values.lines)), end)]) say(line)
  for (const { invariant, what } of violations) say(`seed ${seed} violates ${invariant}: ${what}`)
  say(`seed ${seed}, trace ${hash}; again: npm run simulate -- --seed ${seed} --lines 100000`)
  return violations.length > 0 ? 1 : 0
}

async function mutantsNamed(names) {
  const { mutants } = await import(await bundle('mutants.ts'))
  return mutants.filter(({ name }) => names.split(',').some((part) => name.includes(part)))
}

/** The one mutant of --only, for a look at how a seed kills it; null without. */
async function theMutant() {
  return values.only === undefined ? null : ((await mutantsNamed(values.only))[0] ?? null)
}

async function killAll() {
  const chosen = await mutantsNamed(values.only ?? '')
  const queue = chosen.values()
  const survivors = []
  const next = async () => {
    for (const mutant of queue) {
      const worker = await bundle('worker.ts', mutant)
      const known = values.try === undefined ? [] : (await run(worker, ['try', ...values.try.split(',')]).done).failures
      const { failures, seeds: tried } =
        known.length > 0 ? { failures: known, seeds: 0 } : await run(worker, ['first', from, seeds, 1]).done
      const [killed] = failures
      if (!killed) survivors.push(mutant.name)
      const how = killed
        ? `seed ${killed.seed}, ${killed.violations[0].invariant}: ${killed.violations[0].what}`
        : `SURVIVES ${tried} seeds`
      say(`${mutant.name.padEnd(34)} ${how}`)
    }
  }
  await Promise.all(Array.from({ length: workers }, next))
  say(`${chosen.length - survivors.length} of ${chosen.length} mutants killed`)
  return survivors.length > 0 ? 1 : 0
}

/** Bundles one file of test/simulation, src as it stands or with one mutation in it; gives the path of the bundle. */
async function bundle(entry, mutant = null) {
  const outfile = join(folder, `${entry.replace('.ts', '')}-${mutant?.name ?? 'original'}.mjs`)
  await build({
    entryPoints: [join(root, 'test/simulation', entry)],
    outfile,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    mainFields: ['module', 'main'],
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
    logLevel: 'warning',
    sourcemap: values.coverage ? 'external' : false,
    plugins: mutant ? [mutation(mutant)] : [],
  })
  return outfile
}

/** Changes the source on its way into the bundle; nothing on disk is touched. Throws when a text is not there exactly once. */
function mutation({ name, changes }) {
  return {
    name: 'mutation',
    setup(setup) {
      for (const file of new Set(changes.map((change) => change.file))) {
        setup.onLoad({ filter: new RegExp(`/${file.replaceAll(/[/.]/g, String.raw`\$&`)}$`) }, async ({ path }) => {
          let contents = await readFile(path, 'utf8')
          for (const { find, replace } of changes.filter((change) => change.file === file)) {
            if (contents.split(find).length !== 2) throw new Error(`mutant ${name}: "${find}" is not once in ${file}`)
            contents = contents.replace(find, () => replace)
          }
          return { contents, loader: 'ts' }
        })
      }
    },
  }
}

/** One worker process; its report is the JSON on its standard output. */
function run(bundled, args) {
  const child = spawn(process.execPath, [...youngSpace, bundled, ...args.map(String)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: values.coverage ? { ...process.env, NODE_V8_COVERAGE: join(folder, 'coverage') } : process.env,
  })
  const chunks = []
  child.stdout.on('data', (chunk) => chunks.push(chunk))
  const done = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => {
      if (code === 0) resolve(JSON.parse(Buffer.concat(chunks).toString('utf8')))
      else reject(new Error(`a worker ended with ${code} (${args.join(' ')})`))
    })
  })
  return { done }
}

function table(counts) {
  const rows = Object.entries(counts).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const half = Math.ceil(rows.length / 2)
  const cell = (row) => (row ? `${String(row[1]).padStart(10)}  ${row[0].padEnd(48)}` : '')
  return rows
    .slice(0, half)
    .map((row, i) => `${cell(row)}${cell(rows[half + i])}`.trimEnd())
    .join('\n')
}
