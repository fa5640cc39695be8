// How long an emergency rollback takes, from the start of the process to the acknowledged write, the second agreeing read, and the edge
// that serves it. Measured by the proxy before the endpoint, not by launch. `npm run bench:rollback -- --runs 20 --edge-runs 3 --json`
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { bareNodeMs, cli, installed, ms, option, pinned, print, printTable, summary } from './measure.mjs'
import { recorder } from './recorder.mjs'

const runs = option('runs', 20)
const edgeRuns = option('edge-runs', 3)
const root = fileURLToPath(new URL('..', import.meta.url))
const [bucket, key] = ['sb-prod', 'flags/status-board-v2.json']
const isFlag = ({ url }) => url.split('?')[0].endsWith(key)
const isCloudWatch = ({ headers, url }) =>
  String(headers['x-amz-target'] ?? '').includes('GraniteService') || /cloudwatch/i.test(url)
const isState = ({ url }) => url.startsWith('/statusboard-launches')

const folder = await mkdtemp(join(tmpdir(), 'launch-bench-'))
const opened = []
try {
  await main()
} finally {
  for (const close of opened.toReversed()) await close()
  await rm(folder, { recursive: true, force: true, maxRetries: 3 })
}

async function main() {
  const sheet = (await readFile(join(root, 'runsheet.yaml'), 'utf8'))
    // Keys come from the environment: what a role or a profile adds is asked of AWS and measured nowhere here.
    .replaceAll(/^ +(?:role|profile): .*\n/gm, '')
    .replace('run: [npm, run, build]', 'run: [node, build.mjs]')
    .replace('cwd: examples/statusboard\n', 'cwd: .\n')
    .replace('output: examples/statusboard/dist', 'output: dist')
    .replaceAll('examples/statusboard/flows/run.mjs', 'flow.mjs')
    .replaceAll(/ *requires: \[chromium[^\]]*\],?/g, '')
    .replace('examples/statusboard/smoke/run.mjs', 'flow.mjs')
  await writeFile(join(folder, 'runsheet.yaml'), sheet)
  await writeFile(join(folder, 'package.json'), '{ "name": "board", "version": "2.0.0", "type": "module" }\n')
  const build = `import { mkdirSync, writeFileSync } from 'node:fs'
mkdirSync('dist', { recursive: true })
for (const name of ['index.html', 'robots.txt', 'favicon.svg']) writeFileSync('dist/' + name, '<title>board</title><!-- VITE_FEATURE_STATUS_BOARD_V2=false -->')
`
  await writeFile(join(folder, 'build.mjs'), build)
  await writeFile(join(folder, 'flow.mjs'), '')

  const served = await serve()
  const api = await recorder(served.apiUrl)
  const site = await recorder(served.siteUrls.production)
  opened.push(api.close, site.close)
  const own = sheet.replaceAll('https://sb.example', site.url)
  await writeFile(join(folder, 'own.yaml'), own)
  // A bracket left open in the gates, a tab, and the half of it gone.
  await writeFile(
    join(folder, 'broken.yaml'),
    own.slice(0, own.indexOf('\ngates:') + 60).replace('metrics:', 'metrics: [\n\t{'),
  )
  const env = pinned(folder, {
    AWS_ENDPOINT_URL: api.url,
    LAUNCH_ALLOW_ENDPOINT: '1',
    AWS_ACCESS_KEY_ID: 'SANDBOX222222222222',
    AWS_SECRET_ACCESS_KEY: 'sandbox',
    AWS_REGION: 'us-east-1',
  })
  const world = { api, site, env }
  const withSheet = ['--runsheet', 'own.yaml']
  const cases = [
    ['nobody else', withSheet, {}],
    ['another drives', withSheet, { driver: true }],
    ['CloudWatch down', withSheet, { down: isCloudWatch }],
    ['state unreachable', withSheet, { down: isState }],
    ['broken run sheet', ['--runsheet', 'broken.yaml'], {}],
    [
      'no run sheet, --flag',
      ['--runsheet', 'none.yaml', '--flag', `s3://${bucket}/${key}`, '--region', 'us-east-1'],
      { noEdge: true },
    ],
  ]
  const aws = await installed('aws')
  await once(
    spawn(process.execPath, [cli, 'rollback', 'emergency', ...withSheet], { cwd: folder, env, stdio: 'ignore' }),
    'close',
  )
  const results = []
  for (const [name, args, how] of cases) results.push(await measured(name, args, how, world, aws))
  if (process.argv.includes('--json')) print(JSON.stringify({ runs, edgeRuns, aws, results }, null, 1))
  else printResults(results)
  if (results.some(({ ratio, ahead }) => ratio > 3 || (ahead !== null && ahead < 2))) process.exitCode = 3
}

async function measured(name, args, { driver, down, noEdge }, world, aws) {
  const times = { bare: [], acked: [], readBack: [], edge: [], aws: [] }
  const driving = driver ? await drive(world.api.url) : null
  world.api.setDown(down ?? null)
  for (let i = 0; i < runs; i += 1) {
    times.bare.push(await bareNodeMs({ cwd: folder, env: world.env }))
    const run = await rollBack(args, world, !noEdge && i < edgeRuns)
    times.acked.push(run.ackedMs)
    times.readBack.push(run.readBackMs)
    if (run.edgeMs !== null) times.edge.push(run.edgeMs)
    if (aws && i % 4 === 0) times.aws.push(await byAws(run.document, world))
  }
  world.api.setDown(null)
  if (driving !== null) await driving()
  const figures = Object.fromEntries(Object.entries(times).map(([key, values]) => [key, summary(values)]))
  const ratio = figures.acked.median / figures.bare.median
  return { name, ...figures, ratio, ahead: aws ? figures.aws.median / figures.acked.median : null }
}

/** One rollback; ended once it was read back, or seen at the edge: what it journals afterwards is not measured. */
async function rollBack(args, { api, site, env }, untilEdge) {
  api.clear()
  site.clear()
  const startedAt = performance.now()
  const child = spawn(process.execPath, [cli, 'rollback', 'emergency', '--reason', 'bench', ...args], {
    cwd: folder,
    env,
    stdio: 'ignore',
  })
  const ended = once(child, 'close')
  const put = await api.find((one) => isFlag(one) && one.method === 'PUT' && one.status === 200, 20_000)
  if (put === null) throw new Error('no acknowledged write in 20 s')
  const { writeId } = JSON.parse(put.sent).launch
  const agrees = (one) => isFlag(one) && one.method === 'GET' && String(one.body).includes(writeId)
  const second = (one) => agrees(one) && api.seen.filter(agrees).indexOf(one) === 1
  const readBack = await api.find(second, 20_000)
  const edge = untilEdge ? await site.find(agrees, 40_000) : null
  child.kill('SIGKILL')
  await ended
  if (readBack === null) throw new Error('not read back in 20 s')
  const after = (entry) => (entry === null ? null : entry.at - startedAt)
  return { ackedMs: after(put), readBackMs: after(readBack), edgeMs: after(edge), document: put.sent }
}

/** The same document by the AWS CLI. */
async function byAws(document, { api, env }) {
  await writeFile(join(folder, 'off.json'), document)
  api.clear()
  const startedAt = performance.now()
  const place = ['--bucket', bucket, '--key', key, '--body', 'off.json', '--content-type', 'application/json']
  const child = spawn('aws', ['s3api', 'put-object', ...place], { cwd: folder, env, stdio: 'ignore' })
  const ended = once(child, 'close')
  const put = await api.find((one) => isFlag(one) && one.method === 'PUT' && one.status === 200, 30_000)
  await ended
  if (put === null) throw new Error('aws wrote nothing')
  return put.at - startedAt
}

async function serve() {
  const child = spawn(process.execPath, [cli, 'sandbox', 'serve', '--jsonl'], {
    cwd: folder,
    env: pinned(folder),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  opened.push(async () => {
    const ended = once(child, 'close')
    child.kill('SIGTERM')
    await ended
  })
  for await (const line of createInterface({ input: child.stdout })) return JSON.parse(line)
  throw new Error('sandbox serve said nothing')
}

/** A launch in the middle of its canary, asleep until the next look, its journal where the rollback looks for it. */
async function drive(apiUrl) {
  const ask = (method, path) => fetch(`${apiUrl}/_sandbox/${path}`, { method })
  await ask('POST', 'clock/speed')
  const env = pinned(folder, { LAUNCH_SANDBOX_URL: apiUrl })
  const args = ['auto', '--sandbox', '--state', 's3://statusboard-launches', '--ack-rollback', '--jsonl']
  const child = spawn(process.execPath, [cli, ...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = once(child, 'close')
  child.stdout.resume()
  const { reached } = await (await ask('POST', 'clock/hold?at=%2B75m')).json()
  if (!reached || child.exitCode !== null) throw new Error('the launch did not come to its canary')
  await ask('POST', 'clock/speed?speed=1')
  return async () => {
    await ask('DELETE', 'clock/hold')
    await ask('POST', 'clock/speed')
    const [code] = await ended
    await ask('POST', 'clock/speed?speed=1')
    if (code !== 4) throw new Error(`the launch that was rolled back ends with ${code}, not with 4`)
  }
}

function printResults(results) {
  const cell = ({ median, p99 }) => `${ms(median)} / ${ms(p99)}`
  const head = [
    'ms, median / p99',
    'acknowledged',
    '× bare node',
    'aws ÷ launch',
    'read back',
    'edge',
    'bare node',
    'aws put-object',
  ]
  const rows = results.map((one) => [
    one.name,
    cell(one.acked),
    one.ratio.toFixed(2),
    one.ahead === null ? '–' : one.ahead.toFixed(2),
    cell(one.readBack),
    cell(one.edge),
    cell(one.bare),
    cell(one.aws),
  ])
  printTable([head, ...rows])
  print(
    `${runs} runs each, ${edgeRuns} of them to the edge (copies live 5 s there). Targets: ≤ 3 × bare node, ≥ 2 × ahead of aws.`,
  )
}
