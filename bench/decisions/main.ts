import { execFileSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { judgeMethod } from './ours.ts'
import { kayenta, minuteThreshold, stageEnd } from './peers.ts'
import { nullBoundary } from './null-boundary.ts'
import type { Cell } from './cell.ts'
import { report, type RolloutTime } from './report.ts'
import { rollOut, type Method, type Outcome } from './rollout.ts'
import { scenarios } from './scenarios.ts'
import { measureSpeed } from './speed.ts'
import { wired } from './wired.ts'

/** Tuning used other seeds: figures below are of runs the judge was not tuned on. */
const benchmarkSeed = 27_182_818

const methods: readonly Method[] = [
  judgeMethod('launch'),
  minuteThreshold(0),
  minuteThreshold(3),
  stageEnd,
  kayenta,
  // The same judge as `launch`, behind everything a gate does.
  wired,
]

type Job = {
  readonly method: number
  readonly scenario: number
  readonly rpm: number
  readonly runs: number
  readonly seed: number
}
type Done = { readonly job: Job; readonly outcomes: readonly Outcome[] }

if (isMainThread) await main()
else parentPort?.on('message', work)

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: 'string', default: '400' },
      rpm: { type: 'string', default: '10,100,1000' },
      workers: { type: 'string', default: '2' },
      seed: { type: 'string', default: String(benchmarkSeed) },
      only: { type: 'string', default: '' },
      method: { type: 'string', default: '' },
      out: { type: 'string', default: '' },
      // Cells that are done, one a line: a run that was stopped goes on where it was. Of one state of the source only.
      cells: { type: 'string', default: '' },
    },
  })
  const runs = Number(values.runs)
  const rates = values.rpm.split(',').map(Number)
  const jobs = rates.flatMap((rpm) =>
    scenarios.flatMap((one, scenario) =>
      !one.name.includes(values.only)
        ? []
        : methods.flatMap((way, method) =>
            way.name.includes(values.method) ? [{ method, scenario, rpm, runs, seed: Number(values.seed) }] : [],
          ),
    ),
  )
  const done = await spread(jobs, Number(values.workers), values.cells)
  const cells = done.map(({ job, outcomes }): Cell => ({
    method: methods[job.method]?.name ?? '',
    scenario: scenarios[job.scenario]?.name ?? '',
    release: scenarios[job.scenario]?.release ?? 'healthy',
    rpm: job.rpm,
    outcomes,
  }))
  const whole = values.only === '' && values.method === ''
  const command = `npm run bench:decisions -- --runs ${runs} --rpm ${rates.join(',')}`
  const machine = `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}, ${commit()}`
  const text = report({
    cells,
    command,
    machine,
    runs,
    rates,
    seed: Number(values.seed),
    boundary: whole ? nullBoundary(Math.min(1000, runs), Number(values.seed)) : null,
    speed: whole ? measureSpeed() : null,
    rollouts: whole ? await timeRollouts(Number(values.workers)) : [],
  })
  process.stdout.write(`${text}\n`)
  if (values.out !== '') writeFileSync(values.out, text)
}

/** Jobs handed one by one to as many threads as wanted; those that the file of done cells has are not run again. */
async function spread(jobs: readonly Job[], workers: number, file: string): Promise<readonly Done[]> {
  const wanted = new Set(jobs.map((job) => JSON.stringify(job)))
  const done: Done[] = doneIn(file).filter(({ job }) => wanted.has(JSON.stringify(job)))
  const known = new Set(done.map(({ job }) => JSON.stringify(job)))
  const queue = jobs.filter((job) => !known.has(JSON.stringify(job))).sort((a, b) => b.rpm - a.rpm)
  const next = (worker: Worker) => {
    const job = queue.shift()
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    if (job) worker.postMessage(job)
    else void worker.terminate()
  }
  await Promise.all(
    Array.from(
      { length: Math.min(workers, queue.length) },
      () =>
        new Promise<void>((resolve, reject) => {
          const worker = new Worker(new URL(import.meta.url))
          worker.on('message', (message: Done) => {
            done.push(message)
            if (file !== '') appendFileSync(file, `${JSON.stringify(message)}\n`)
            process.stderr.write(`\r${done.length} of ${jobs.length} cells`)
            next(worker)
          })
          worker.on('error', reject)
          worker.on('exit', () => resolve())
          next(worker)
        }),
    ),
  )
  process.stderr.write('\n')
  return done.sort((a, b) => a.job.scenario - b.job.scenario || a.job.rpm - b.job.rpm || a.job.method - b.job.method)
}

/** Whole healthy rollouts, traffic included, as many as that at once: how long they take, and what the process holds at most. */
async function timeRollouts(workers: number): Promise<readonly RolloutTime[]> {
  const times: RolloutTime[] = []
  for (const name of ['launch', 'as wired'])
    for (const [rpm, rollouts] of [
      [100, 10_000],
      [1000, 2000],
    ] as const) {
      const method = methods.findIndex((one) => one.name === name)
      const jobs = Array.from({ length: 20 }, (_, k) => ({
        method,
        scenario: 0,
        rpm,
        runs: rollouts / 20,
        seed: 99 + k,
      }))
      let bytes = 0
      const watch = setInterval(() => (bytes = Math.max(bytes, process.memoryUsage.rss())), 100)
      const startedAt = performance.now()
      await spread(jobs, workers, '')
      const seconds = (performance.now() - startedAt) / 1000
      clearInterval(watch)
      times.push({ method: name, rpm, rollouts, workers, seconds, megabytes: bytes / 1e6 })
    }
  return times
}

function doneIn(file: string): readonly Done[] {
  if (file === '' || !existsSync(file)) return []
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean)
  // Lines that `spread` wrote.
  return lines.map((line) => JSON.parse(line) as Done)
}

function work(job: Job): void {
  const method = methods[job.method]
  const scenario = scenarios[job.scenario]
  if (!method || !scenario) throw new Error(`no method ${job.method} or no scenario ${job.scenario}`)
  const outcomes = Array.from({ length: job.runs }, (_, run) =>
    rollOut(method, scenario, job.rpm, job.seed, job.scenario, job.rpm, run),
  )
  const done: Done = { job, outcomes }
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(done)
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim()
  } catch {
    return 'no commit'
  }
}
