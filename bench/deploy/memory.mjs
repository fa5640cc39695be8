// npm run bench:deploy-memory [-- --bound 256]
// Deploys an artifact of 2 GB (60 files of 20 MiB, which go in parts, and 100 of 8 MiB) to the benchmark's server and prints the peak
// memory of launch in MiB, as the kernel counted it; exits 1 above the bound. Needs 2 GB of disk, and 3 GB of memory for the server.
import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { launchTools } from './launch-project.mjs'
import { bucket } from './peers.mjs'

const mib = 2 ** 20
const sizes = [...Array(60).fill(20 * mib), ...Array(100).fill(8 * mib)]
const at = process.argv.indexOf('--bound')
const boundMib = at < 0 ? 256 : Number(process.argv[at + 1])
const measure = `
import resource, subprocess, sys
run = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(run.returncode)
`

const work = await mkdtemp(join(tmpdir(), 'launch-bench-memory-'))
const server = spawn(process.execPath, [fileURLToPath(new URL('server.mjs', import.meta.url))], {
  stdio: ['pipe', 'pipe', 'inherit'],
})
try {
  const [port] = await once(server.stdout, 'data')
  const address = `http://127.0.0.1:${String(port).trim()}`
  await fetch(`${address}/${bucket}`, { method: 'PUT' })
  await writeFolder(join(work, 'project/dist'))
  const [{ argv, env, cwd }] = await launchTools(address, join(work, 'project'))
  const startedAt = performance.now()
  const peakKib = execFileSync('python3', ['-c', measure, ...argv], { cwd, env: { ...process.env, ...env } })
  const peakMib = Math.round(Number(peakKib) / 1024)
  const gib = (sizes.reduce((sum, bytes) => sum + bytes, 0) / 2 ** 30).toFixed(2)
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
  process.stdout.write(`${gib} GiB in ${sizes.length} files: peak ${peakMib} MiB of ${boundMib}, ${seconds} s\n`)
  if (peakMib > boundMib) process.exitCode = 1
} finally {
  server.kill('SIGTERM')
  await rm(work, { recursive: true, force: true })
}

async function writeFolder(folder) {
  await mkdir(join(folder, 'assets'), { recursive: true })
  const some = randomBytes(20 * mib)
  for (const [n, bytes] of sizes.entries()) {
    // Each file is another: the same noise with a number in front.
    some.writeUInt32LE(n)
    await writeFile(join(folder, `assets/large-${n}.bin`), some.subarray(0, bytes))
  }
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>large</title>\n')
}
