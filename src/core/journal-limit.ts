import type { Happening } from './event.ts'

/** Most events of one launch. A canary writes two a minute: this is two days of it, and every reader reads all of them. */
export const eventsPerLaunch = 5000

/** What is written also into a full journal: what was done for the safety of users, and how a launch ended. */
const always: ReadonlySet<Happening['type']> = new Set([
  'canary-asked',
  'left-held',
  'rollback-intended',
  'rolled-back',
  'rollback-found',
  'paused',
  'launch-ended',
] as const)

export function fitsIn(n: number, type: Happening['type']): boolean {
  return n <= eventsPerLaunch || always.has(type)
}
