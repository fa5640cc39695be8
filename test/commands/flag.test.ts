import { afterAll, beforeAll, expect, test } from 'vitest'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { openSandbox } from '../../src/sandbox/attach.ts'
import { flagOf } from '../support/sandbox-files.ts'

let project: LaunchProject
beforeAll(async () => {
  project = await launchProject()
  const ran = await project.run(['auto', '--scenario', 'error-spike@30', '--quiet'])
  if (ran.exitCode !== 4) throw new Error(ran.stderr)
}, 60_000)
afterAll(() => project[Symbol.asyncDispose]())
const run = (...args: readonly string[]) => project.run([...args, '--sandbox'])

test('flag show has the flag, where it is, how fast it reaches users, and who wrote it why', async () => {
  const ran = await run('flag', 'show')

  expect(ran.exitCode).toBe(0)
  expect(ran.stdout).toMatch(/^flag status-board-v2 0% serial \d+ latched by /)
  expect(ran.stdout).toContain('store     s3://sb-prod/flags/status-board-v2.json\n')
  expect(ran.stdout).toMatch(/edge {6}serves it \[x-cache: \w+ from cloudfront; .*cache-control: public, max-age=5/)
  expect(ran.stdout).toContain('budget    a change reaches users within 10s\n')
  expect(ran.stdout).toMatch(/written {3}2026-12-02T.*: Error rate/)
  expect(JSON.parse((await run('flag', 'show', '--json')).stdout)).toMatchObject({
    store: { kind: 's3', cas: true, propagationMs: 10_000 },
    flag: { percent: 0, latched: true },
    edge: { reading: { status: 'present' } },
  })
})

test('flag probe says what one user gets and from which share on', async () => {
  const ran = await run('flag', 'probe', '--user', 'user-8', '--json')
  // @openfeature/flagd-core 4.0.1 has user-8 on at 10 % of this flag, and user-0 only at 50 %.
  const later = await run('flag', 'probe', '--user', 'user-0', '--json')

  const [early, late] = [JSON.parse(ran.stdout), JSON.parse(later.stdout)]
  expect(early).toMatchObject({ user: 'user-8', on: false, store: false })
  expect(early.fromPercent).toBeLessThanOrEqual(10)
  expect(late.fromPercent).toBeGreaterThan(30)
  expect(late.fromPercent).toBeLessThanOrEqual(50)
  expect((await run('flag', 'probe', '--user', 'user-8')).stdout).toContain(
    'gets the old version: the flag is latched off',
  )
  expect(await run('flag', 'probe')).toMatchObject({ exitCode: 2 })
})

test('flag simulate deals users through the stages of the canary, and nobody loses it', async () => {
  const ran = await run('flag', 'simulate', '--users', '20000', '--json')

  expect(ran.exitCode).toBe(0)
  const { stages } = JSON.parse(ran.stdout)
  expect(stages.map((stage: { percent: number }) => stage.percent)).toEqual([0, 10, 30, 50, 100])
  expect(stages.every((stage: { lost: number; within: boolean }) => stage.lost === 0 && stage.within)).toBe(true)
})

test('flag watch ends when users are served it, and fails with the cache headers when a copy lives too long', async () => {
  expect((await run('flag', 'watch')).stdout).toMatch(/users are served it after .* \(budget 10s\)/)

  await using sandbox = await openSandbox(
    { dir: join(project.path, '.launch', 'sandbox', 'world'), driver: false },
    'attach',
  )
  const { apiUrl, siteUrls } = sandbox
  const s3 = new S3Client({
    endpoint: apiUrl,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'SANDBOX', secretAccessKey: 'sandbox' },
  })
  const put = (document: unknown, CacheControl: string) =>
    s3.send(
      new PutObjectCommand({
        Bucket: 'sb-prod',
        Key: 'flags/status-board-v2.json',
        Body: JSON.stringify(document),
        ContentType: 'application/json',
        CacheControl,
      }),
    )
  const document = await flagOf(project.path)
  await put({ ...document, launch: { ...document?.launch, writeId: 'long-lived' } }, 'max-age=3600')
  // Until the copy of before is gone.
  await new Promise((resolve) => setTimeout(resolve, 100))
  await run('flag', 'watch')
  await fetch(`${siteUrls['production']}/flags/status-board-v2.json`)
  await put({ ...document, launch: { ...document?.launch, writeId: 'newer' } }, 'max-age=5')

  const late = await run('flag', 'watch')

  expect(late).toMatchObject({ exitCode: 3 })
  expect(late.stderr).toMatch(
    /and 10s are allowed: the edge still serves 0 % \(serial \d+, latched\) \[x-cache: Hit from cloudfront; age: \d+; cache-control: max-age=3600/,
  )
})

test('auto refuses a flag without compare-and-set, and says who may drive it', async () => {
  await using other = await launchProject()
  const path = join(other.path, 'runsheet.yaml')
  const sheet = await readFile(path, 'utf8')
  await writeFile(path, sheet.replace(/store: \{ kind: s3[^}]*\}/, 'store: { kind: ssm, parameter: /flags/board }'))

  const ran = await other.run(['auto', '--sandbox'])

  expect(ran).toMatchObject({ exitCode: 2 })
  expect(ran.stderr).toContain('a flag in ssm has no compare-and-set')
  expect(ran.stderr).toContain('launch interactive')
})
