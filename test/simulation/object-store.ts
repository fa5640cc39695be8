import { LaunchError } from '../../src/core/errors.ts'
import type { ObjectStore, PutResult } from '../../src/core/ports.ts'
import { conflictRetry, controlRetry, retrying, type RetryPorts } from '../../src/aws/retry.ts'
import type { Bucket } from './bucket.ts'
import type { Process } from './process.ts'
import { unreachable, WireError } from './wire.ts'
import type { Prng } from './prng.ts'
import type { Service } from './swarm.ts'

/**
 * A bucket as a process reaches it, with the manners of the S3 adapter: reads and unconditional writes are tried again, a
 * conditional write is sent once, and again only after a 409.
 */
export function objectStore(bucket: Bucket, service: Service, process: Process, random: Prng): ObjectStore {
  const ports: RetryPorts = { wait: process.wait, unit: () => random.unit() }
  const by = process.name
  /** What went well at once, as most does, costs no more than that. */
  const again = <T>(call: () => Promise<T>, signal: AbortSignal): Promise<T> => {
    const first = call()
    return first.catch((error: unknown) => {
      if (!(error instanceof WireError)) throw error
      let isFirst = true
      const attempt = () => {
        if (!isFirst) return call()
        isFirst = false
        return first
      }
      return retrying(attempt, (failed) => failed instanceof WireError, controlRetry, ports, signal).catch(refuse)
    })
  }
  const refuse = (error: unknown): never => {
    throw unreachable(error)
  }
  const once = async (call: () => Promise<PutResult>, signal: AbortSignal): Promise<PutResult> => {
    try {
      return await retrying(call, (error) => error instanceof WireError && error.conflict, conflictRetry, ports, signal)
    } catch (error) {
      if (error instanceof WireError && error.conflict) return { status: 'conflict' }
      throw unreachable(error)
    }
  }
  const on = (key: string) => `${service}/${key}`
  return {
    bucket: bucket.name,
    get: (key, signal) => {
      const read = () => bucket.objects.get(key) ?? null
      const kind = key.includes('/events/') ? 'one of many' : 'read'
      return again(() => process.call(service, `get ${on(key)}`, kind, read, signal), signal)
    },
    put: (key, body, options, signal) => {
      const kind = options.expect === undefined ? 'write' : 'conditional'
      const write = () => {
        const result = bucket.put(by, key, body, options)
        if (result === 'bad digest')
          throw new LaunchError('ARTIFACT_INVALID', `the bytes of ${key} are not what was hashed`)
        return result
      }
      const send = () => process.call(service, `put ${on(key)}`, kind, write, signal)
      return kind === 'write' ? again(send, signal) : once(send, signal)
    },
    copy: (from, to, options, signal) => {
      const copy = () => {
        if (bucket.copy(by, from, to, options) === 'absent') throw new LaunchError('NOT_FOUND', `no object ${from}`)
      }
      return again(() => process.call(service, `copy ${on(from)} to ${to}`, 'write', copy, signal), signal)
    },
    remove: (keys, signal) => {
      const remove = () => keys.forEach((key) => bucket.remove(by, key))
      return again(() => process.call(service, `remove ${keys.length} of ${service}`, 'write', remove, signal), signal)
    },
    list: (prefix, signal) => {
      const list = () =>
        [...bucket.objects]
          .filter(([key]) => key.startsWith(prefix))
          .map(([key, { body, etag }]) => ({ key, bytes: body.byteLength, etag }))
          .sort((a, b) => (a.key < b.key ? -1 : 1))
      return again(() => process.call(service, `list ${on(prefix)}`, 'read', list, signal), signal)
    },
  }
}
