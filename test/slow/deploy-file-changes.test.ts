import { writeFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { s3Client, s3Objects } from '../../src/aws/s3.ts'
import { epochMs } from '../../src/core/brand.ts'
import { projectFiles } from '../../src/host/files.ts'
import { benchS3, type BenchS3 } from '../support/bench-s3.ts'
import { countingProxy } from '../support/counting-proxy.ts'
import { launchWorld, tinyPlan } from '../support/launch-world.ts'
import { emulated } from '../support/moto.ts'
import { realWait } from '../support/real-time.ts'
import { perform } from '../support/step-world.ts'
import { tempDir, type TempDir } from '../support/temp-dir.ts'

/** Real files, real requests; the files change at a request of the deploy, as a bundler left in watch mode would change them. */
const bucket = 'tiny'
const mib = 2 ** 20
let s3: BenchS3
let dir: TempDir

beforeAll(async () => {
  s3 = await benchS3()
})
afterAll(() => s3[Symbol.asyncDispose]())
beforeEach(() => s3.empty())

const page = '<!doctype html><script src="/assets/app-1.js"></script>\n'

async function deployWhile(site: { readonly [path: string]: string | Buffer }, onRequest: (path: string) => void) {
  dir = await tempDir()
  await using _ = dir
  for (const [path, body] of Object.entries({ 'index.html': page, ...site })) {
    await mkdir(dirname(dir.file(`dist/${path}`)), { recursive: true })
    await writeFile(dir.file(`dist/${path}`), body)
  }
  await using proxy = await countingProxy(s3.url, (_n, path) => {
    onRequest(path)
    return 'pass'
  })
  const world = await launchWorld(tinyPlan())
  const objects = s3Objects(s3Client(emulated(proxy.url)), bucket, {
    wait: realWait,
    unit: () => 0.5,
    now: () => epochMs(Date.now()),
  })
  const files = projectFiles(dir.path)
  Object.assign(world.files, { tree: (folder: string) => files.tree(folder) })
  return await perform(world, 'rollout/deploy', { ports: { objects: () => objects, files } })
}

test('a file that changes before it is sent is refused by its name, and users never get a page that names it', async () => {
  const files = { 'assets/app-1.js': 'first\n', 'robots.txt': 'first\n' }
  const change = (path: string) => {
    // Written after the folder was hashed, before the first file is sent.
    if (path.includes('manifest.json'))
      writeFileSync(dir.file('dist/assets/app-1.js'), 'second, while it was deployed\n')
  }
  const refused = deployWhile(files, change)
  await expect(refused).rejects.toMatchObject({
    code: 'ARTIFACT_INVALID',
    message: 'assets/app-1.js changed while it was deployed',
  })
  const there = await s3.hashes(bucket)
  expect(there).not.toHaveProperty('assets/app-1.js')
  expect(there).not.toHaveProperty('index.html')
})

for (const [how, next] of [
  ['is written over', Buffer.alloc(24 * mib, 'b')],
  ['becomes shorter', Buffer.alloc(9 * mib, 'b')],
] as const) {
  test(`a file that ${how} while its parts are sent is no object in the bucket, not even a mixed one`, async () => {
    const files = { 'assets/app-1.js': Buffer.alloc(24 * mib, 'a') }
    let parts = 0
    const refused = deployWhile(files, (path) => {
      if (!/partNumber=/i.test(path)) return
      parts += 1
      if (parts === 1) writeFileSync(dir.file('dist/assets/app-1.js'), next)
    })
    await expect(refused).rejects.toMatchObject({
      code: 'ARTIFACT_INVALID',
      message: expect.stringContaining('assets/app-1.js'),
    })
    expect(parts).toBeGreaterThan(0)
    const there = await s3.hashes(bucket)
    expect(there).not.toHaveProperty('assets/app-1.js')
    expect(there).not.toHaveProperty('index.html')
  })
}
