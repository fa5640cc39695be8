// A checkout with a run sheet whose staging is the benchmark's bucket: build (nothing to do), deploy, verify through HTTP.
import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bucket } from './peers.mjs'

const run = promisify(execFile)
const cli = process.env['LAUNCH_CLI'] ?? fileURLToPath(new URL('../../dist/cli.js', import.meta.url))

/** Two tools: as the run sheet has it by itself, and with every file fetched and hashed after the deploy. */
export async function launchTools(server, root) {
  await mkdir(root, { recursive: true })
  const sheets = { 'runsheet.yaml': '', 'all.yaml': 'deploy: { verify: all }\n' }
  for (const [name, deploy] of Object.entries(sheets)) await writeFile(join(root, name), sheet(server, deploy))
  await writeFile(join(root, '.gitignore'), 'dist\n.launch\n')
  const git = (...args) => run('git', ['-C', root, ...args])
  await git('init', '--quiet', '--initial-branch=main')
  await git('add', '.')
  await git('-c', 'user.name=bench', '-c', 'user.email=bench@example.com', 'commit', '--quiet', '-m', 'bench')
  const env = {
    AWS_ENDPOINT_URL: server,
    LAUNCH_ALLOW_ENDPOINT: '1',
    AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'bench',
  }
  const argv = [process.execPath, cli, 'deploy', '--env', 'staging', '--new', '--yes']
  const back = [process.execPath, cli, 'rollback', 'full', '--env', 'staging', '--reason', 'bench', '--no-watch']
  const tool = { env, cwd: root, back, version: 'this checkout' }
  return [
    { ...tool, name: 'launch', argv },
    { ...tool, name: 'launch, verify: all', argv: [...argv, '--runsheet', 'all.yaml'], back: null },
  ]
}

function sheet(server, deploy) {
  return `runsheet: 1
app: bench
environments:
  staging: { region: us-east-1, bucket: ${bucket}, url: "${server}/${bucket}" }
  production: { region: us-east-1, bucket: other, url: "${server}/other" }
build: { run: ['true'], output: dist, immutable: ["assets/**"], idempotent: true }
${deploy}flag: { key: board, default: off, store: { kind: s3, path: /flags/board.json } }
phases:
  - { id: staging, run: [build, { deploy: staging }] }
`
}
