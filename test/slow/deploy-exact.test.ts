import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { tempDir } from '../support/temp-dir.ts'
import { lacks } from '../support/waive.ts'

/** One launch through the real binary: staged, then offered to production, as a pipeline does it. */
let project: LaunchProject

beforeAll(async () => {
  project = await launchProject()
  for (const role of ['product-owner', 'engineering-lead', 'qa-lead', 'sre-lead', 'support-lead']) {
    const signed = await project.run(['approve', role, '--sandbox', '--keep'])
    if (signed.exitCode !== 0) throw new Error(signed.stderr)
  }
  const staged = await launch('deploy', '--env', 'staging')
  if (staged.exitCode !== 0) throw new Error(staged.stderr)
}, 120_000)
afterAll(() => project[Symbol.asyncDispose]())

const launch = (...args: readonly string[]) => project.run([...args, '--yes', '--sandbox', '--keep'])

test('an artifact that changed between staging and production is refused, and production stays as it was', async () => {
  const robots = await readFile(join(project.path, 'dist/robots.txt'), 'utf8')
  await project.write('dist/robots.txt', 'User-agent: somebody\n')
  const refused = await launch('deploy', '--env', 'production')
  await project.write('dist/robots.txt', robots)
  expect(refused.exitCode, refused.stderr).toBe(3)
  expect(refused.stderr).toMatch(/the files changed since they were built: [0-9a-f]{12} is not [0-9a-f]{12}/)
  expect(refused.stdout).toContain('nothing was deployed')
  const released = await launch('releases', 'list', '--env', 'production', '--json')
  expect(released.stdout).not.toContain('"r-')
}, 90_000)

test.skipIf(await lacks('aws'))(
  'the very files of staging go to production, and another client finds in the bucket what is in the folder',
  async () => {
    await launch('go')
    const deployed = await launch('deploy', '--env', 'production')
    expect(deployed.exitCode, deployed.stdout).toBe(0)
    await using host = project.start(['sandbox', 'serve', '--jsonl', '--keep'], { timeoutMs: 60_000 })
    const { apiUrl } = JSON.parse((await host.waitFor('"serving"', 30_000)).trim())
    await using there = await tempDir()
    await promisify(execFile)('aws', ['s3', 'sync', 's3://sb-prod', there.path, '--only-show-errors'], {
      env: {
        PATH: process.env['PATH'],
        HOME: there.path,
        AWS_ENDPOINT_URL: apiUrl,
        AWS_ACCESS_KEY_ID: 'SANDBOX222222222222',
        AWS_SECRET_ACCESS_KEY: 'sandbox',
        AWS_REGION: 'us-east-1',
        AWS_EC2_METADATA_DISABLED: 'true',
      },
    })
    const built = await hashes(join(project.path, 'dist'))
    expect(Object.keys(built)).toHaveLength(4)
    expect(await hashes(there.path)).toMatchObject(built)
  },
  120_000,
)

async function hashes(folder: string): Promise<{ readonly [path: string]: string }> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  const files = found.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name))
  const hash = async (path: string) =>
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  return Object.fromEntries(
    await Promise.all(files.map(async (path) => [path.slice(folder.length + 1), await hash(path)])),
  )
}
