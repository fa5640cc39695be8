import { writeFileSync } from 'node:fs'
import type { ReadPlans } from './remembered.ts'
import { runSeed, type SeedResult } from './run-seed.ts'
import { compilePlans } from './sheet.ts'

/** What one worker found in its share of the seeds, as one line of JSON on its standard output. */
export type WorkerReport = {
  readonly seeds: number
  readonly steps: number
  readonly virtualMs: number
  readonly counts: { readonly [name: string]: number }
  readonly failures: readonly Pick<SeedResult, 'seed' | 'violations'>[]
}

const mostFailures = 50

/** Some seeds, in this order; `endsAtFirst`: at the first violation. */
async function work(list: Iterable<number>, endsAtFirst: boolean): Promise<WorkerReport> {
  const plans = compilePlans()
  const readPlans: ReadPlans = new Map()
  const counts = new Map<string, number>()
  const failures: Pick<SeedResult, 'seed' | 'violations'>[] = []
  let [seeds, steps, virtualMs] = [0, 0, 0]
  for (const seed of list) {
    const result = await runSeed(seed, plans, { readPlans })
    seeds += 1
    steps += result.steps
    virtualMs += result.virtualMs
    for (const [name, times] of result.counts) counts.set(name, (counts.get(name) ?? 0) + times)
    if (result.violations.length === 0) continue
    if (failures.length < mostFailures) failures.push({ seed: result.seed, violations: result.violations.slice(0, 5) })
    if (endsAtFirst) break
  }
  return { seeds, steps, virtualMs, counts: Object.fromEntries(counts), failures }
}

/** Every STEP-th seed from FROM. */
function* every(from: number, count: number, step: number): Generator<number> {
  for (let i = 0; i < count; i += 1) yield from + i * step
}

/** `all FROM COUNT STEP`; `first FROM COUNT STEP` and `try SEED …` end at the first violation; `trace SEED`. */
const [mode = '', ...numbers] = process.argv.slice(2)
const [from = 1, count = 1, step = 1] = numbers.map(Number)
// Errors are part of the weather here; their stacks would be most of the cost.
if (mode !== 'trace') Error.stackTraceLimit = 0
const said =
  mode === 'trace'
    ? await runSeed(from, compilePlans(), { keepTrace: true })
    : await work(mode === 'try' ? numbers.map(Number) : every(from, count, step), mode !== 'all')
writeFileSync(1, `${JSON.stringify(said)}\n`)
