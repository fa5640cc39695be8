import type { S3Client } from '@aws-sdk/client-s3'
import type { EpochMs } from '../core/brand.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { PutOptions, PutResult } from '../core/ports.ts'
import { leanPut, type LeanPut } from './lean-put.ts'
import { Pace, uploadPace } from './pace.ts'
import { UnreadableAnswer } from './raw-http.ts'
import { backoffMs, type RetryPolicy, type RetryPorts } from './retry.ts'

export type QuickPuts = {
  /** Null: nothing was done that matters, the SDK is to do it. Throws UNREACHABLE: whether it was written is not known. */
  put(key: string, body: Uint8Array, options: PutOptions, signal: AbortSignal): Promise<PutResult | null>
}

/** A bucket that is told to slow down answers again within seconds; worst case about 40 s of waiting. */
const slowDownRetry: RetryPolicy = { attempts: 10, baseMs: 200, capMs: 5000 }
const lostAttempts = 2

/** The small objects of a release: those that come with their hash and replace no version in particular. */
export function quickPuts(
  client: S3Client,
  bucket: string,
  ports: RetryPorts & { readonly now: () => EpochMs },
): QuickPuts {
  const pace = new Pace(uploadPace, ports.now)
  let lean: Promise<LeanPut | null> | null = null
  let readable = true
  const send = async (key: string, body: Uint8Array, options: PutOptions, signal: AbortSignal) => {
    const { sha256, expect } = options
    if (!readable || sha256 === undefined || (expect !== undefined && expect !== 'absent')) return null
    // Whatever keeps it from being made (no credentials, an endpoint that is refused) is what the SDK then says.
    lean ??= leanPut(client, bucket, ports.now).catch(() => null)
    return (await lean)?.put(key, body, { ...options, sha256 }, signal) ?? null
  }
  return {
    put: async (key, body, options, signal) => {
      for (let [slowed, lost] = [0, 0]; ;) {
        try {
          const answer = await pace.run(() => send(key, body, options, signal))
          if (answer !== 'slow-down') {
            if (answer !== null) pace.answered()
            return answer
          }
          slowed += 1
          pace.slowedDown()
          if (slowed >= slowDownRetry.attempts) throw unreachable(bucket, key, 'throttled (SlowDown)')
          await ports.wait(backoffMs(slowDownRetry, slowed, ports.unit()), signal)
        } catch (error) {
          signal.throwIfAborted()
          if (error instanceof LaunchError) throw error
          if (error instanceof UnreadableAnswer) readable = false
          // Its own lost success would look like a conflict: the caller looks what is there.
          if (options.expect !== undefined) throw unreachable(bucket, key, messageOf(error))
          lost += 1
          if (!readable || lost > lostAttempts) return null
        }
      }
    },
  }
}

function unreachable(bucket: string, key: string, why: string): LaunchError {
  return new LaunchError('UNREACHABLE', `s3 PutObject on s3://${bucket}/${key}: ${why}`, {
    hint: 'try again in a minute',
  })
}
