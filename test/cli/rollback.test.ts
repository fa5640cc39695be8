import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { launchProject, type LaunchProject } from '../support/launch-project.ts'
import { holdClock } from '../support/sandbox-clock.ts'
import { bucketOf, endpointOf, flagOf, journalOf, servedRelease } from '../support/sandbox-files.ts'

test(
  'rollback emergency from another process stops the canary that runs, and what it left stays off',
  { timeout: 90_000 },
  async () => {
    await using project = await launchProject()
    await using canary = project.start(['auto', '--sandbox'])
    // The window opens 45 minutes in, the stage at 30 % lasts from 57 to 69.
    const clock = await holdClock(project.path, '61m')
    await clock.reached()
    expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 30, latch: false })

    await using rollback = project.start(
      ['rollback', 'emergency', '--reason', 'support sees empty boards', '--sandbox', '--json'],
      {
        env: { LAUNCH_ACTOR: 'night-shift' },
      },
    )
    await rollback.waitFor('is off and latched')
    const off = await flagOf(project.path)
    expect(off?.launch).toMatchObject({
      percent: 0,
      latch: true,
      reason: 'support sees empty boards',
      updatedBy: 'night-shift',
    })
    await clock.release()

    const done = await rollback.done
    expect(done.exitCode).toBe(0)
    expect(JSON.parse(done.stdout)).toMatchObject({
      command: 'rollback emergency',
      rollbacks: [{ outcome: 'restored', verified: true, journaled: true, by: 'night-shift' }],
    })

    const stopped = await canary.done
    expect(stopped.exitCode).toBe(4)
    const last = stopped.stderr.slice(-1500)
    expect(last).toContain('night-shift')
    expect(last).toContain('support sees empty boards')
    expect(last).toMatch(/00:16:\d\dZ/)
    expect(stopped.stdout).toContain('flag      status-board-v2 0%, latched off')
    expect(await flagOf(project.path)).toEqual(off)
    expect((await journalOf(project.path)).at(-1)).toMatchObject({ type: 'launch-ended', outcome: 'rolled-back' })

    const validated = await project.run(['rollback', 'validate', '--sandbox'])
    expect(validated.stdout).toContain('latched by night-shift: support sees empty boards')
    expect(validated.exitCode).toBe(0)

    const over = await project.run(['auto', '--sandbox', '--keep', '--json'])
    expect(over.exitCode).toBe(7)
    // Its own journal never heard of the flag: what stands in the store is what it was refused for.
    const flag = { percent: 0, latched: true, serial: off?.launch.serial }
    expect(JSON.parse(over.stdout)).toMatchObject({ outcome: 'superseded', error: { code: 'LATCHED' }, flag })
    expect(await flagOf(project.path)).toEqual(off)

    const acknowledged = await project.run(['auto', '--sandbox', '--keep', '--ack-rollback', '--json'])
    expect(acknowledged.exitCode).toBe(0)
    expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 100, latch: false })
  },
)

test(
  'rollback full serves the release before byte for byte through the CDN, and goes no further back',
  { timeout: 90_000 },
  async () => {
    await using project = await launchProject()
    const launched = RunEnvelope.parse(JSON.parse((await project.run(['auto', '--sandbox', '--json'])).stdout))
    expect((await servedRelease(project.path))?.release).toBe(launched.release.id)

    const back = await project.run(['rollback', 'full', '--reason', 'empty boards', '--sandbox', '--json'])
    expect(back.exitCode).toBe(0)
    expect(JSON.parse(back.stdout)).toMatchObject({
      rollbacks: [{ kind: 'full', outcome: 'restored', verified: true, journaled: true }],
    })
    const zero = await servedRelease(project.path)
    expect(zero).toMatchObject({ release: launched.release.previous, wrong: [] })
    expect(zero?.files.map(({ path }) => path).toSorted()).toEqual([
      'assets/app-old123.js',
      'favicon.svg',
      'index.html',
      'robots.txt',
    ])
    expect(await hashesOnSite(project, zero?.files.map(({ path }) => path) ?? [])).toEqual(
      Object.fromEntries(zero?.files.map(({ path, sha256 }) => [path, sha256]) ?? []),
    )
    expect((await flagOf(project.path))?.launch).toMatchObject({ percent: 0, latch: true, reason: 'empty boards' })

    const validated = await project.run(['rollback', 'validate', '--sandbox'])
    expect(validated.stdout).toContain(`4 of 4 files of ${zero?.release} are served byte for byte`)
    expect(validated.exitCode).toBe(0)

    const again = await project.run(['rollback', 'full', '--sandbox', '--json'])
    expect(again.exitCode).toBe(0)
    expect(await servedRelease(project.path)).toEqual(zero)
  },
)

test('rollback validate fails when a file of the release is not what it was', { timeout: 90_000 }, async () => {
  await using project = await launchProject()
  await project.run(['auto', '--sandbox', '--scenario', 'error-spike@10'])
  expect((await project.run(['rollback', 'validate', '--sandbox'])).exitCode).toBe(0)
  await using serving = project.start(['sandbox', 'serve'])
  await serving.waitFor(/127\.0\.0\.1/)
  const { apiUrl } = await endpointOf(project.path)
  const put = await fetch(`${apiUrl}/sb-prod/robots.txt`, {
    method: 'PUT',
    body: 'hello',
    headers: {
      authorization:
        'AWS4-HMAC-SHA256 Credential=SANDBOX222222222222/20261201/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=0',
    },
  })
  expect(put.status).toBe(200)
  const validated = await project.run(['rollback', 'validate', '--sandbox'])
  expect(validated.exitCode).toBe(3)
  expect(validated.stdout).toContain('robots.txt')
  expect((await bucketOf(project.path, 'sb-prod')).get('robots.txt')).toBe(
    createHash('sha256').update('hello').digest('hex'),
  )
})

/** What a user's browser is served, by path. */
async function hashesOnSite(
  project: LaunchProject,
  paths: readonly string[],
): Promise<{ readonly [path: string]: string }> {
  await using serving = project.start(['sandbox', 'serve'])
  await serving.waitFor(/127\.0\.0\.1/)
  const { siteUrl } = await endpointOf(project.path)
  const entries = paths.map(async (path) => {
    const body = Buffer.from(await (await fetch(`${siteUrl}/${path}`)).arrayBuffer())
    return [path, createHash('sha256').update(body).digest('hex')] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}
