import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { launchProject } from '../support/launch-project.ts'

const Planned = z.object({
  canaries: z.array(
    z.object({
      step: z.string(),
      notRead: z.string().nullable(),
      forecast: z.object({ signals: z.array(z.object({ perMinute: z.number().nullable() })), queries: z.int() }),
    }),
  ),
})

describe('launch plan', () => {
  test('works without credentials, is quick about it and says what it could not read', async () => {
    await using project = await launchProject()
    // The metadata service of a machine in AWS is not there, and nobody waits for it.
    const env = { AWS_EC2_METADATA_DISABLED: 'true' }
    const ran = await project.run(['plan'], { env })
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(ran.ms).toBeLessThan(10_000)
    expect(ran.stdout).toContain('What it will change')
    expect(ran.stdout).toMatch(/production +deploy to production +s3:\/\/sb-prod, CloudFront E2PRODUCTION invalidated/)
    expect(ran.stdout).toMatch(/traffic +not read: .*; --rpm N plans with N requests a minute/)

    const told = await project.run(['plan', '--rpm', '120', '--json'], { env })
    const [canary] = Planned.parse(JSON.parse(told.stdout)).canaries
    expect(canary).toMatchObject({ step: 'rollout/canary' })
    expect(canary?.notRead).not.toBeNull()
    expect(canary?.forecast.signals.map(({ perMinute }) => perMinute)).toEqual([120, 120, 120])
  })

  test('does not wait for a service that takes the call and never answers', async () => {
    const hole = createServer(() => {})
    await new Promise<void>((resolve) => void hole.listen(0, '127.0.0.1', resolve))
    const address = hole.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    await using project = await launchProject()
    const env = {
      AWS_ENDPOINT_URL: `http://127.0.0.1:${address.port}`,
      LAUNCH_ALLOW_ENDPOINT: '1',
      AWS_ACCESS_KEY_ID: 'AKIAIOSFODNN7EXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
    }
    const ran = await project.run(['plan'], { env })
    hole.close()
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('not read: cloudwatch did not answer within 6s')
    // Its six seconds, one to leave, and a slow machine.
    expect(ran.ms).toBeLessThan(20_000)
  })

  test('makes no sandbox to read from', async () => {
    await using project = await launchProject()
    const ran = await project.run(['plan', '--sandbox'])
    expect(ran.exitCode, ran.stderr).toBe(0)
    expect(ran.stdout).toContain('not read: there is no sandbox in this folder (launch auto --sandbox makes one)')
  })

  test.each(['0', '-3', 'many', 'Infinity'])('refuses --rpm %s', async (rpm) => {
    await using project = await launchProject()
    const ran = await project.run(['plan', `--rpm=${rpm}`])
    expect(ran.exitCode).toBe(2)
    expect(ran.stderr).toContain(`--rpm is ${rpm}, which is no number of requests above 0`)
  })
})
