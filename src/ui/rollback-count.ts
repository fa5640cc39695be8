import type { LaunchState } from '../core/state.ts'

/** How often a launch was rolled back. One that its driver found in the flag and whoever did it recorded as well is one. */
export function rollbackCount({ rollbacks, found }: Pick<LaunchState, 'rollbacks' | 'found'>): number {
  const isRecorded = found === null || rollbacks.some(({ writeId }) => writeId === found.writeId)
  return rollbacks.length + (isRecorded ? 0 : 1)
}
