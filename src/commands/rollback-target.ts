import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { EmergencyTarget } from '../compose/emergency.ts'
import type { Context } from '../context.ts'
import { LaunchError } from '../core/errors.ts'
import type { TolerantSheet } from '../runsheet/tolerant.ts'

/** Which document to turn off and how to reach it, and whose launches to tell. */
export type RollbackTarget = EmergencyTarget & { readonly app: string | null }

/**
 * Resolves the target without trusting the run sheet to be whole: `--flag s3://bucket/key` (or LAUNCH_FLAG), else whatever
 * can be read of the sheet. Throws ROLLBACK_TARGET naming what is missing.
 */
export async function rollbackTarget(
  context: Context,
  flag: string | null,
  region: string | null,
): Promise<RollbackTarget> {
  const named = flag ?? context.env['LAUNCH_FLAG'] ?? null
  const sheet = await readSheet(context)
  const place = sheet.environments?.[context.options.env]
  const common = {
    region:
      region ?? place?.['region'] ?? context.env['AWS_REGION'] ?? context.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
    profile: place?.['profile'] ?? null,
    role: place?.['role'] ?? null,
    account: place?.['account'] ?? null,
    app: context.options.app ?? sheet.app ?? null,
  }
  const siteUrl = place?.['url']?.replace(/\/+$/, '') ?? null
  if (named !== null) {
    const match = /^s3:\/\/([^/]+)\/(.+)$/.exec(named)
    if (!match?.[1] || !match[2])
      throw new LaunchError('USAGE', `"${named}" is not s3://bucket/key`, {
        hint: 'launch rollback emergency --flag s3://bucket/flags/name.json --region us-east-1',
      })
    const [, bucket, key] = match
    return {
      ...common,
      bucket,
      key,
      flagKey: sheet.flag?.key ?? keyFromPath(key),
      url: siteUrl === null || place?.['bucket'] !== bucket ? null : `${siteUrl}/${key}`,
    }
  }
  if (sheet === nothing) {
    throw new LaunchError('ROLLBACK_TARGET', `there is no run sheet at "${context.options.runsheet}"`, {
      hint: 'work in its folder (-C), name it (--runsheet), or name the flag: --flag s3://bucket/key --region us-east-1',
    })
  }
  const path = sheet.flag?.store?.['path']
  const bucket = sheet.flag?.store?.['bucket'] ?? place?.['bucket']
  if (!path || !bucket) {
    const lacks = [...(bucket ? [] : [`the bucket of ${context.options.env}`]), ...(path ? [] : ['flag.store.path'])]
    throw new LaunchError('ROLLBACK_TARGET', `${context.options.runsheet} does not say ${lacks.join(' and ')}`)
  }
  const key = path.replace(/^\/+/, '')
  return {
    ...common,
    bucket,
    key,
    flagKey: sheet.flag?.key ?? keyFromPath(key),
    url: siteUrl === null ? null : `${siteUrl}/${key}`,
  }
}

function keyFromPath(key: string): string {
  return (key.split('/').at(-1) ?? key).replace(/\.json$/, '')
}

/** What is known without a run sheet. */
const nothing: TolerantSheet = {}

async function readSheet(context: Context): Promise<TolerantSheet> {
  const path = resolve(context.options.cwd, context.options.runsheet)
  const content = await readFile(path, 'utf8').catch(() => null)
  const example =
    content ??
    (context.isSandbox
      ? await readFile(resolve(context.folder, 'example', 'runsheet.yaml'), 'utf8').catch(() => null)
      : null)
  if (example === null) return nothing
  const { tolerantRead } = await import('../runsheet/tolerant.ts')
  return tolerantRead(example, context.env)
}
