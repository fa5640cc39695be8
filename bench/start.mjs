// What it takes to start: `launch --version` and `--help` against bare node. `npm run bench:start -- --runs 40 --json`
import { tmpdir } from 'node:os'
import { bareNodeMs, cli, ms, option, pinned, print, printTable, summary, wholeMs } from './measure.mjs'

const runs = option('runs', 40)
const options = { cwd: tmpdir(), env: pinned(tmpdir()) }
const cases = [
  { name: 'bare node', args: null, most: 1 },
  { name: 'launch --version', args: ['--version'], most: 1.5 },
  { name: 'launch --help', args: ['--help'], most: 2 },
]
const times = new Map(cases.map(({ name }) => [name, []]))
// In turns, so that what else the machine does falls on all of them alike.
for (let i = 0; i < runs; i += 1)
  for (const { name, args } of cases)
    times
      .get(name)
      .push(args === null ? await bareNodeMs(options) : await wholeMs(process.execPath, [cli, ...args], options))
const bare = summary(times.get('bare node')).median
const results = cases.map(({ name, most }) => {
  const figures = summary(times.get(name))
  return { name, ...figures, ratio: figures.median / bare, most }
})
if (process.argv.includes('--json')) print(JSON.stringify({ runs, results }, null, 1))
else
  printTable([
    ['', 'median ms', 'p99 ms', '× bare node', 'target'],
    ...results.map(({ name, median, p99, ratio, most }) => [name, ms(median), ms(p99), ratio.toFixed(2), `≤ ${most}`]),
  ])
if (results.some(({ ratio, most }) => ratio > most)) process.exitCode = 3
