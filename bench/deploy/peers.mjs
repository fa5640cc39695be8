// What a folder is brought to a bucket with: each peer as its own manual says it is quick, with every setting that does not weaken it.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
export const bucket = 'site'
const keys = { AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE', AWS_SECRET_ACCESS_KEY: 'bench', AWS_REGION: 'us-east-1' }

/** Tools that are here, each `{ name, argv, env, cwd }`; a missing one is said on stderr. */
export async function peers(server, site, work) {
  const all = await Promise.all([
    awsCli(server, site),
    rclone(server, site),
    s3cmd(server, site),
    s3SyncClient(server, site, work),
  ])
  for (const { name, missing } of all) if (missing) process.stderr.write(`skipped: ${name}: ${missing}\n`)
  return all.filter(({ missing }) => !missing)
}

async function awsCli(server, site) {
  const name = 'aws s3 sync'
  const path = await which('aws')
  if (path === null) return { name, missing: 'aws is not installed' }
  const argv = [path, 's3', 'sync', site, `s3://${bucket}`, '--endpoint-url', server, '--only-show-errors']
  return { name, argv, env: keys, version: await says(path, '--version') }
}

async function rclone(server, site) {
  const name = 'rclone 32'
  const path = await which('rclone')
  if (path === null) return { name, missing: 'rclone is not installed' }
  const flags = ['--transfers', '32', '--checkers', '32', '--checksum', '--fast-list', '--s3-no-check-bucket']
  const env = {
    RCLONE_CONFIG_B_TYPE: 's3',
    RCLONE_CONFIG_B_PROVIDER: 'Other',
    RCLONE_CONFIG_B_ENDPOINT: server,
    RCLONE_CONFIG_B_FORCE_PATH_STYLE: 'true',
    RCLONE_CONFIG_B_ACCESS_KEY_ID: keys.AWS_ACCESS_KEY_ID,
    RCLONE_CONFIG_B_SECRET_ACCESS_KEY: keys.AWS_SECRET_ACCESS_KEY,
    RCLONE_CONFIG_B_REGION: keys.AWS_REGION,
  }
  return { name, argv: [path, 'copy', site, `b:${bucket}`, ...flags], env, version: await says(path, 'version') }
}

async function s3cmd(server, site) {
  const name = 's3cmd sync'
  const path = await which('s3cmd')
  if (path === null) return { name, missing: 's3cmd is not installed' }
  const { host } = new URL(server)
  const access = [`--access_key=${keys.AWS_ACCESS_KEY_ID}`, `--secret_key=${keys.AWS_SECRET_ACCESS_KEY}`, '--no-ssl']
  const where = [`--host=${host}`, `--host-bucket=${host}`, '--region=us-east-1', '--config=/dev/null']
  const argv = [path, 'sync', `${site}/`, `s3://${bucket}/`, ...access, ...where, '--quiet', '--no-progress']
  return { name, argv, env: {}, version: await says(path, '--version') }
}

async function s3SyncClient(server, site, work) {
  const name = 's3-sync-client'
  const home = process.env['S3_SYNC_CLIENT'] ?? join(work, 's3-sync-client')
  if (!existsSync(join(home, 'node_modules/s3-sync-client'))) {
    await mkdir(home, { recursive: true })
    await writeFile(join(home, 'package.json'), '{ "private": true }')
    const wanted = ['s3-sync-client@4.3.1', '@aws-sdk/client-s3']
    const installed = await run('npm', ['install', '--no-audit', '--no-fund', ...wanted], { cwd: home }).catch(
      (error) => error,
    )
    if (installed instanceof Error) return { name, missing: `npm install failed: ${installed.message.split('\n')[0]}` }
  }
  const script = join(home, 'sync.mjs')
  const client = `{ region: 'us-east-1', endpoint: '${server}', forcePathStyle: true }`
  await writeFile(
    script,
    `import { S3Client } from '@aws-sdk/client-s3'
import { S3SyncClient } from 's3-sync-client'
const { sync } = new S3SyncClient({ client: new S3Client(${client}) })
await sync(${JSON.stringify(site)}, 's3://${bucket}', { maxConcurrentTransfers: 100 })
`,
  )
  return { name, argv: [process.execPath, script], env: keys, version: '4.3.1' }
}

/** A version manager's shim costs a shell on every start: the program behind it is what is measured. */
async function which(name) {
  const path = await run('sh', ['-c', `command -v ${name}`]).then(
    ({ stdout }) => stdout.trim(),
    () => null,
  )
  if (path === null || !path.includes('/shims/')) return path
  return run('pyenv', ['which', name]).then(
    ({ stdout }) => stdout.trim(),
    () => path,
  )
}

async function says(path, word) {
  const { stdout } = await run(path, [word]).catch(() => ({ stdout: '' }))
  return stdout.split('\n')[0].trim()
}
