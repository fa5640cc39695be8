import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

export const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url))

/** Nothing of the caller's but PATH; no look at the instance metadata service. */
export function pinned(home, more = {}) {
  return { PATH: process.env.PATH, HOME: home, LANG: 'C.UTF-8', TZ: 'UTC', AWS_EC2_METADATA_DISABLED: 'true', ...more }
}

/** Milliseconds from start to end of a program that must succeed. */
export async function wholeMs(command, args, options) {
  const startedAt = performance.now()
  const child = spawn(command, args, { stdio: 'ignore', ...options })
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ends with ${code}`)
  return performance.now() - startedAt
}

export const bareNodeMs = (options) => wholeMs(process.execPath, ['-e', '0'], options)

export async function installed(command) {
  const child = spawn(command, ['--version'], { stdio: 'ignore' })
  return new Promise((resolve) =>
    child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0)),
  )
}

/** Nearest-rank percentile; null of nothing. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null
}

export const summary = (values) => ({
  median: percentile(values, 0.5),
  p99: percentile(values, 0.99),
  runs: values.length,
})

/** A line on stdout. */
export const print = (line) => void process.stdout.write(`${line}\n`)

/** Value of `--name` on the command line. */
export function option(name, otherwise) {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? otherwise : Number(process.argv[at + 1])
}

export const ms = (value) => (value === null ? '–' : value.toFixed(value < 100 ? 1 : 0))

export function printTable(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)))
  for (const row of rows)
    print(row.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '))
}
