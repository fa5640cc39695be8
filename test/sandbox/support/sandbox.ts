import { CloudFrontClient } from '@aws-sdk/client-cloudfront'
import { S3Client } from '@aws-sdk/client-s3'
import { STSClient } from '@aws-sdk/client-sts'
import { epochMs } from '../../../src/core/brand.ts'
import { openSandbox, type OpenOptions, type Sandbox } from '../../../src/sandbox/attach.ts'
import type { SandboxConfig } from '../../../src/sandbox/world-config.ts'
import type { Site } from '../../../src/sandbox/types.ts'
import { tempDir, type TempDir } from '../../support/temp-dir.ts'

export const stagingAccount = '111111111111'
export const productionAccount = '222222222222'

/** Long before and after any day the tests run on: virtual time is not wall time. */
export const startAt = epochMs(Date.parse('2026-12-01T23:15:00Z'))

const sites: readonly Site[] = [
  {
    environment: 'staging',
    account: stagingAccount,
    region: 'us-east-1',
    bucket: 'sb-staging',
    distribution: 'E2S',
    url: 'https://staging.sb.example',
    flagPath: '/flags/status-board-v2.json',
  },
  {
    environment: 'production',
    account: productionAccount,
    region: 'us-east-1',
    bucket: 'sb-prod',
    distribution: 'E2P',
    url: 'https://sb.example',
    flagPath: '/flags/status-board-v2.json',
  },
]

export const config: SandboxConfig = {
  sites,
  metrics: {},
  alarms: [],
  scenario: 'healthy',
  seed: 7,
  startAt,
  buckets: [{ name: 'statusboard-launches', account: null }],
}

export type OpenWorld = AsyncDisposable & { readonly sandbox: Sandbox; readonly dir: TempDir; readonly site: string }

/** A fresh world of its own, hosted here; `site` is production's address. */
export async function openWorld(
  options: Partial<OpenOptions> & { readonly scenario?: string } = {},
): Promise<OpenWorld> {
  const dir = await tempDir()
  const { scenario = 'healthy', ...rest } = options
  const sandbox = await openSandbox({ dir: dir.path, config: { ...config, scenario }, ...rest }, 'fresh')
  return {
    sandbox,
    dir,
    get site() {
      return sandbox.siteUrls['production'] ?? ''
    },
    [Symbol.asyncDispose]: async () => {
      await sandbox.close()
      await dir[Symbol.asyncDispose]()
    },
  }
}

export const never = new AbortController().signal

/** Passes virtual time. */
export function passTime(world: OpenWorld, ms: number): Promise<void> {
  return world.sandbox.clock.sleepUntil(epochMs(world.sandbox.clock.now() + ms), never)
}

function clientConfig(world: OpenWorld, account: string) {
  return {
    endpoint: world.sandbox.apiUrl,
    region: 'us-east-1',
    credentials: { accessKeyId: `SANDBOX${account}`, secretAccessKey: 'secret' },
    maxAttempts: 1,
  }
}

export function s3Client(world: OpenWorld, account: string = productionAccount): S3Client {
  return new S3Client({ ...clientConfig(world, account), forcePathStyle: true })
}
export function cloudfrontClient(world: OpenWorld, account: string = productionAccount): CloudFrontClient {
  return new CloudFrontClient(clientConfig(world, account))
}
export function stsClient(world: OpenWorld, account: string = productionAccount): STSClient {
  return new STSClient(clientConfig(world, account))
}

/** A flag document as launch writes it, apart from the flagd part, which exposure does not need. */
export function flagDocument(percent: number, latch: unknown = null): string {
  return JSON.stringify({ flags: {}, launch: { launch: 'l1', percent, serial: 1, writeId: 'w1', latch, acks: [] } })
}

/** `CODE status` of the error an SDK call throws. */
export async function errorOf(call: Promise<unknown>): Promise<string> {
  try {
    await call
  } catch (error) {
    const { name, $metadata } = error as { name: string; $metadata?: { httpStatusCode?: number } }
    return `${name} ${$metadata?.httpStatusCode}`
  }
  return 'no error'
}
