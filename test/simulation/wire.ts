import { LaunchError } from '../../src/core/errors.ts'
import type { Prng } from './prng.ts'
import type { Service, Swarm, WireFault } from './swarm.ts'

/** What a service answers when it does not: the adapter makes a LaunchError of it, or tries again. */
export class WireError extends Error {
  readonly conflict: boolean
  constructor(fault: WireFault | 'blackout', what: string) {
    super(`${what}: ${fault}`)
    this.conflict = fault === 'conflict 409'
  }
}

/** `one of many`: a read that is sent together with others, mostly on one connection. */
export type CallKind = 'read' | 'one of many' | 'write' | 'conditional'

const onReads = ['unreachable', 'unavailable', 'throttled', 'reply lost'] as const
const onWrites = [...onReads, 'late apply', 'duplicate'] as const
const faultsOf: { readonly [K in CallKind]: readonly WireFault[] } = {
  read: onReads,
  'one of many': onReads,
  write: onWrites,
  conditional: [...onWrites, 'own 412', 'conflict 409'],
}

/** What befalls a request of this kind, or null. */
export function drawFault(kind: CallKind, { faults }: Swarm, random: Prng): WireFault | null {
  let left = random.unit()
  for (const fault of faultsOf[kind]) {
    const share = faults[fault]
    if (left < share) return fault
    left -= share
  }
  return null
}

export function isDark({ blackouts }: Swarm, service: Service, kind: CallKind, atMs: number): boolean {
  return blackouts.some(
    (dark) => dark.service === service && dark.fromMs <= atMs && atMs < dark.toMs && !(dark.writesOnly && isRead(kind)),
  )
}

export function isRead(kind: CallKind): boolean {
  return kind === 'read' || kind === 'one of many'
}

/** What comes true behind the back of its caller has nobody to tell. */
export function swallow(apply: () => unknown): void {
  try {
    apply()
  } catch {
    // A copy of what is not there, bytes that do not match: refused, and the answer is lost.
  }
}

export function told(result: unknown): string {
  if (typeof result === 'string') return result
  return typeof result === 'object' && result !== null && 'status' in result ? String(result.status) : 'ok'
}

/** What an adapter makes of an answer that did not come. */
export function unreachable(error: unknown): unknown {
  return error instanceof WireError ? new LaunchError('UNREACHABLE', error.message) : error
}
