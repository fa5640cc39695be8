/** How often each fault struck and each state was reached: a simulation that never got somewhere proves nothing about it. */
export type Counters = {
  add(name: string, times?: number): void
  readonly counts: ReadonlyMap<string, number>
}

export function counters(): Counters {
  const counts = new Map<string, number>()
  return {
    add: (name, times = 1) => {
      counts.set(name, (counts.get(name) ?? 0) + times)
    },
    counts,
  }
}
