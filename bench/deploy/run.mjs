// npm run bench:deploy [-- --rounds 5 --latency 0,40 --only launch,rclone]   names by their first word; `launch,` is the one that verifies all
// Brings the same folder to the same kind of bucket with launch and with each peer in turn, round by round, and prints medians:
// a whole release into an empty bucket, 1 % of it changed, nothing changed; with launch also the way back to the release before. One server in a process of its own, latency before every answer.
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createHash } from 'node:crypto'
import { launchTools } from './launch-project.mjs'
import { bucket, peers } from './peers.mjs'
import { siteOf, writeSite } from './site.mjs'

const option = (name, fallback) => {
  const at = process.argv.indexOf(`--${name}`)
  return at < 0 ? fallback : process.argv[at + 1]
}
const rounds = Number(option('rounds', '5'))
const latencies = option('latency', '0,40').split(',').map(Number)
const only = option('only', '').split(',').filter(Boolean)
const scenarios = ['full', '1 %', 'no-op']

/** Wall seconds, CPU seconds and peak memory of a command and of whatever it waited for. */
const measure = `
import os, resource, sys, time
at = time.monotonic()
pid = os.fork()
if pid == 0:
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0); os.dup2(null, 1); os.dup2(os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_TRUNC), 2)
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(pid, 0)
print(status, time.monotonic() - at, usage.ru_utime + usage.ru_stime, usage.ru_maxrss)
`

const work = await mkdtemp(join(tmpdir(), 'launch-bench-deploy-'))
const server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
try {
  const [port] = await once(server.stdout, 'data')
  await bench(`http://127.0.0.1:${String(port).trim()}`)
} finally {
  server.kill('SIGTERM')
  await rm(work, { recursive: true, force: true })
}

async function bench(address) {
  const site = join(work, 'project', 'dist')
  const measurer = join(work, 'measure.py')
  await writeFile(measurer, measure)
  const errors = join(work, 'stderr')
  const generations = [siteOf(0), siteOf(1)]
  await writeSite(site, generations[0])
  const launch = await launchTools(address, join(work, 'project'))
  const tools = [...launch, ...(await peers(address, site, work))].filter(
    ({ name }) => only.length === 0 || only.includes(name.split(' ')[0]),
  )
  process.stderr.write(`${tools.map(({ name, version }) => `${name}: ${version}`).join('\n')}\n`)
  const results = []
  for (const latency of latencies) {
    await control(address, `set?latency=${latency}`)
    for (let round = 0; round < rounds; round += 1) {
      // Whoever goes first in one round goes later in the next: caches and neighbours are nobody's own.
      for (const tool of tools.map((_, n) => tools[(n + round) % tools.length])) {
        await control(address, 'set?empty=1')
        for (const scenario of tool.back ? [...scenarios, 'back'] : scenarios) {
          if (scenario === 'full' || scenario === '1 %') await writeSite(site, generations[served(scenario)])
          await control(address, 'set?stats=1')
          const measured = timed({ measurer, errors }, scenario === 'back' ? { ...tool, argv: tool.back } : tool)
          const { requests } = await control(address, 'stats')
          await mustEqual(address, generations[served(scenario)], tool)
          results.push({ latency, round, scenario, tool: tool.name, requests, ...measured })
          process.stderr.write(
            `${latency} ms, round ${round + 1}, ${scenario}, ${tool.name}: ${measured.wall.toFixed(2)} s\n`,
          )
        }
      }
    }
  }
  print(results, tools)
}

/** Which of the two releases is in the bucket after it. */
function served(scenario) {
  return scenario === 'full' || scenario === 'back' ? 0 : 1
}

function timed({ measurer, errors }, { argv, env, cwd }) {
  const own = { PATH: process.env.PATH, HOME: work, LANG: 'C.UTF-8', ...env }
  const out = execFileSync('python3', [measurer, errors, ...argv], {
    cwd: cwd ?? work,
    env: own,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [status, wall, cpu, maxRssKib] = out.trim().split('\n').at(-1).split(' ').map(Number)
  if (status !== 0) throw new Error(`${argv.join(' ')} ended with ${status}: ${readFileSync(errors, 'utf8')}`)
  return { wall, cpu, mib: maxRssKib / 1024 }
}

/** Every file of the folder is in the bucket with its bytes: a tool that leaves one out is not quick. */
async function mustEqual(address, files, { name }) {
  const there = new Map((await control(address, 'objects')).map(({ key, sha256 }) => [key, sha256]))
  for (const [path, body] of files) {
    const sha256 = createHash('sha256').update(body).digest('hex')
    if (there.get(`${bucket}/${path}`) !== sha256) throw new Error(`${name} left ${path} out`)
  }
}

async function control(address, what) {
  // A kept connection may have died while a tool ran and this process stood still.
  return (await fetch(`${address}/__bench/${what}`, { headers: { connection: 'close' } })).json()
}

/** A table per latency; a cell has one number for each scenario. */
function print(results, tools) {
  const lines = [
    `2,000 files, 11.7 MB; medians of ${rounds} rounds; ${cpus().length} cores, load ${loadavg()[0].toFixed(1)}; node ${process.version}`,
  ]
  for (const latency of latencies) {
    const of = (tool, scenario) =>
      medians(results.filter((one) => one.latency === latency && one.scenario === scenario && one.tool === tool.name))
    const peers = tools.filter(({ name }) => !name.startsWith('launch'))
    const best = (scenario, what) => Math.min(...peers.map((tool) => of(tool, scenario)[what]))
    const row = (tool) => {
      const cells = (cell) => scenarios.map((scenario) => cell(of(tool, scenario), scenario)).join(' / ')
      return [
        tool.name,
        cells(({ wall }) => wall.toFixed(2)),
        cells(({ wall }, scenario) => (wall / best(scenario, 'wall')).toFixed(2)),
        cells(({ cpu }) => cpu.toFixed(2)),
        cells(({ requests }) => requests),
        Math.max(...scenarios.map((scenario) => of(tool, scenario).mib)).toFixed(0),
      ]
    }
    const head = [`${latency} ms`, 'wall s', '× best peer', 'CPU s', 'requests', 'peak MiB']
    const rows = [head, head.map(() => '---'), ...tools.map(row)]
    lines.push('', `${scenarios.join(' / ')}:`, '', ...rows.map((cells) => `| ${cells.join(' | ')} |`))
    for (const tool of tools.filter(({ back }) => back)) {
      const { wall, cpu, requests } = of(tool, 'back')
      lines.push('', `launch rollback full, ${latency} ms: ${wall.toFixed(2)} s, CPU ${cpu.toFixed(2)} s, ${requests} requests`)
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`)
}

function medians(own) {
  const of = (name) => own.map((one) => one[name]).toSorted((a, b) => a - b)[Math.floor(own.length / 2)]
  return { wall: of('wall'), cpu: of('cpu'), requests: of('requests'), mib: of('mib') }
}
