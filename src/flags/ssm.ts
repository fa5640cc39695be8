import { z } from 'zod'
import { version, type Version } from '../core/brand.ts'
import { Duration } from '../core/fields.ts'
import type { FlagState } from '../core/flag.ts'
import type { FlagStore, Parameters } from '../core/ports.ts'
import { defineFlagStore, inEnvironment } from './define.ts'
import { writeFlagDocument } from './document.ts'
import { mayWrite } from './may-write.ts'
import { documentReading, readFlagDocument } from './read-document.ts'

export const ssm = defineFlagStore({
  kind: 'ssm',
  about:
    'one flagd document in an SSM parameter, read by servers of yours; it has no compare-and-set, so people drive it',
  example: '{ kind: ssm, parameter: /flags/status-board-v2 }',
  cas: false,
  dealtBy: 'flagd',
  // A standard parameter holds 4 KiB; a document without lists has about 1 KiB, its reason among it.
  room: 2048,
  shape: {
    parameter: z
      .string()
      .regex(
        /^\/?(?:[A-Za-z0-9_.-]|\$\{environment\})+(?:\/(?:[A-Za-z0-9_.-]|\$\{environment\})+)*$/,
        'write the name of a parameter, like /flags/status-board-v2',
      )
      .describe('name of the parameter, in the account and region of the environment; ${environment} is its name'),
    poll: Duration.prefault('15s').describe('how often your servers read it: the time a rollback takes to reach users'),
  },
  open: (spec, flagKey, ports) =>
    parameterFlagStore({
      name: inEnvironment(spec.parameter, ports.environment),
      pollMs: spec.poll,
      flagKey,
      parameters: ports.parameters,
    }),
})

export type ParameterStoreOptions = {
  readonly name: string
  readonly pollMs: number
  readonly flagKey: string
  readonly parameters: Parameters
}

/** Between the call and the answer of a read that began just before the write. */
const answerMs = 1000

/**
 * A parameter counts its writes but does not compare. A write therefore compares first and counts afterwards: where the count went
 * up by more than one, the latch it may have gone over is put back on top. Of two raises at the same moment the later one stands. What
 * is left is the moment before the latch is back: too much for `auto`.
 */
export function parameterFlagStore({ name, pollMs, flagKey, parameters }: ParameterStoreOptions): FlagStore {
  const documentOf = (flag: FlagState) => writeFlagDocument({ ...flag, key: flagKey })
  const read: FlagStore['read'] = async (signal) => {
    const found = await parameters.get(name, signal)
    return found === null ? { status: 'absent' } : documentReading(found.value, numbered(found.version), flagKey)
  }
  /** The latch that a write went over, put on top again; null when there was none. */
  const putBack = async (mine: number, since: number, signal: AbortSignal) => {
    const over = (await parameters.history(name, signal)).filter((one) => one.version > since && one.version < mine)
    const latch = over.findLast(({ value }) => isLatch(value, flagKey))
    return latch === undefined ? null : parameters.put(name, latch.value, 'overwrite', signal)
  }
  return {
    cas: false,
    propagationMs: pollMs + answerMs,
    location: `ssm:${name}`,
    read,
    write: async (flag, expect, signal) => {
      if (expect === null) {
        const made = await parameters.put(name, documentOf(flag), 'create', signal)
        return made === null ? { status: 'conflict' } : { status: 'written', version: numbered(made) }
      }
      const found = await parameters.get(name, signal)
      if (found === null || numbered(found.version) !== expect) return { status: 'conflict' }
      const mine = await parameters.put(name, documentOf(flag), 'overwrite', signal)
      const alone = mine === null || mine === found.version + 1
      const restored = alone ? null : await putBack(mine, found.version, signal)
      return restored === null ? { status: 'written', version: numbered(mine ?? 1) } : { status: 'conflict' }
    },
    forceOff: async (flag, signal) =>
      numbered(
        (await parameters.put(name, documentOf({ ...flag, percent: 0, latched: true }), 'overwrite', signal)) ?? 1,
      ),
    // Made once more it is refused, after the right to make it was looked at; one that is not there yet would be made.
    mayWrite: (signal) =>
      mayWrite(
        async () => {
          const found = await parameters.get(name, signal)
          if (found !== null) await parameters.put(name, found.value, 'create', signal)
        },
        `ssm:${name}`,
        signal,
      ),
    // Nothing of launch's own stands between the parameter and the servers that read it.
    observe: async (signal) => ({ reading: await read(signal), headers: {} }),
  }
}

function numbered(count: number): Version {
  return version(String(count))
}

function isLatch(value: string, flagKey: string): boolean {
  const parsed = readFlagDocument(value, flagKey)
  return parsed.status === 'read' && parsed.flag.latched
}
