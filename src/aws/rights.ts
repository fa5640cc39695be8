import { version } from '../core/brand.ts'
import type { EvidenceByNeed } from '../core/evidence.ts'
import { LaunchError } from '../core/errors.ts'
import type { ObjectStore } from '../core/ports.ts'

export type Right = EvidenceByNeed['identity']['rights'][number]

/** What a launch will have to do, as probes that change nothing. */
export type RightsProbe = {
  readonly site: ObjectStore
  /** A mutable file of the site, usually `index.html`. */
  readonly siteKey: string
  /** Bucket and key of the flag document; null for a flag store that is not in S3. */
  readonly flag: { readonly objects: ObjectStore; readonly key: string } | null
  readonly distribution: ((signal: AbortSignal) => Promise<string>) | null
  readonly metrics: ((signal: AbortSignal) => Promise<void>) | null
}

/** The key under which a conditional write is tried first: on a store that ignores conditions only this one is created. */
const scratchKey = '.launch/rights-probe'
/** No object has this ETag. */
const impossible = version('"launch-rights-probe"')

/** Each right with how it was seen; never throws but the signal's reason. Names: deploy, rollback, list, distribution, read-metrics. */
export async function probeRights(probe: RightsProbe, signal: AbortSignal): Promise<readonly Right[]> {
  const scratch = await probeWrite(probe.site, scratchKey, signal)
  const careful = async (objects: ObjectStore, key: string) =>
    scratch.ignoresConditions ? { allowed: true, detail: scratch.detail } : probeWrite(objects, key, signal)
  const [deploy, rollback, list, distribution, metrics] = await Promise.all([
    scratch.allowed ? careful(probe.site, probe.siteKey) : scratch,
    probe.flag === null ? null : careful(probe.flag.objects, probe.flag.key),
    seen(() => probe.site.list(scratchKey, signal), `may list s3://${probe.site.bucket}`, signal),
    probe.distribution === null ? null : seen(() => probe.distribution?.(signal), 'may read the distribution', signal),
    probe.metrics === null ? null : seen(() => probe.metrics?.(signal), 'may read metrics', signal),
  ])
  const named = { deploy, rollback, list, distribution, 'read-metrics': metrics }
  return Object.entries(named).flatMap(([right, found]) =>
    found === null ? [] : [{ right, allowed: found.allowed, detail: found.detail }],
  )
}

type Probed = { readonly allowed: boolean; readonly detail: string; readonly ignoresConditions: boolean }

/**
 * Puts what is there already, on the condition of an ETag nothing has: S3 checks the right first and refuses the condition
 * (412, or 404 for a missing key) after it.
 */
async function probeWrite(objects: ObjectStore, key: string, signal: AbortSignal): Promise<Probed> {
  const where = `s3://${objects.bucket}/${key}`
  try {
    const found = await objects.get(key, signal)
    const body = found?.body ?? new Uint8Array()
    const options = {
      contentType: found?.contentType ?? 'application/octet-stream',
      cacheControl: found?.cacheControl ?? 'no-store',
      expect: impossible,
    }
    const { status } = await objects.put(key, body, options, signal)
    if (status === 'conflict') return { allowed: true, detail: `may write ${where}`, ignoresConditions: false }
    return { allowed: true, detail: `may write ${where}, but this store ignores If-Match`, ignoresConditions: true }
  } catch (error) {
    return { ...refused(error, signal), ignoresConditions: false }
  }
}

async function seen(look: () => Promise<unknown> | undefined, detail: string, signal: AbortSignal): Promise<Probed> {
  try {
    await look()
    return { allowed: true, detail, ignoresConditions: false }
  } catch (error) {
    return { ...refused(error, signal), ignoresConditions: false }
  }
}

function refused(error: unknown, signal: AbortSignal): { readonly allowed: false; readonly detail: string } {
  signal.throwIfAborted()
  if (!(error instanceof LaunchError)) throw error
  return { allowed: false, detail: error.message }
}
