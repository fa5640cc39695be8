import type { Prng } from './prng.ts'

/**
 * Virtual time: what is due runs in the order of its time, and at the same time in an order the seed chooses. Between two
 * steps every promise that can go on does, so that nothing but this queue decides what happens next.
 */
export type Scheduler = {
  /** Virtual ms since the simulation began. */
  readonly nowMs: number
  /** Steps taken so far. */
  readonly steps: number
  /** Runs `step` at `atMs`; `wakes`: it lets code under test go on. */
  at(atMs: number, step: () => void, wakes?: boolean): void
  /** Until nothing is due any more, `untilMs` has come, `stop` says so, or so many steps were taken. */
  run(limits: { readonly untilMs: number; readonly steps: number; readonly stop?: () => boolean }): Promise<void>
}

type Due = { readonly atMs: number; readonly tie: number; readonly step: () => void; readonly wakes: boolean }

export function scheduler(random: Prng): Scheduler {
  const heap: Due[] = []
  const scheduler = {
    nowMs: 0,
    steps: 0,
    at(atMs: number, step: () => void, wakes = true) {
      push(heap, { atMs: Math.max(scheduler.nowMs, atMs), tie: random.unit(), step, wakes })
    },
    run({ untilMs, steps, stop }: Parameters<Scheduler['run']>[0]) {
      /** Up to the next step that lets code under test go on; false when the run is over. */
      const goOn = (): boolean => {
        for (;;) {
          const next = heap[0]
          if (!next || next.atMs > untilMs || scheduler.steps >= steps || stop?.()) return false
          pop(heap)
          scheduler.nowMs = next.atMs
          scheduler.steps += 1
          next.step()
          if (next.wakes) return true
        }
      }
      return settledBetween(goOn)
    },
  }
  return scheduler
}

/** Waking steps to one round of the event loop, whose own cost is that of several of them. */
const perRound = 64

/** Runs `goOn` until it says false. Between two immediates Node.js runs every microtask, so that everything has settled. */
function settledBetween(goOn: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const once = () => {
      if (isOver) return
      try {
        isOver = !goOn()
      } catch (error) {
        isOver = true
        reject(error)
      }
      if (isOver) resolve()
    }
    const round = () => {
      for (let i = 0; i < perRound; i += 1) setImmediate(once)
      setImmediate(() => {
        if (!isOver) round()
      })
    }
    round()
  })
}

function isSooner(a: Due, b: Due): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.tie < b.tie)
}

function push(heap: Due[], due: Due): void {
  let at = heap.length
  heap.push(due)
  while (at > 0) {
    const up = (at - 1) >> 1
    const parent = heap[up]
    if (!parent || !isSooner(due, parent)) break
    heap[at] = parent
    at = up
  }
  heap[at] = due
}

function pop(heap: Due[]): void {
  const last = heap.pop()
  if (!last || heap.length === 0) return
  let at = 0
  for (;;) {
    const left = heap[2 * at + 1]
    const right = heap[2 * at + 2]
    const isRight = left !== undefined && right !== undefined && isSooner(right, left)
    const child = isRight ? right : left
    if (!child || !isSooner(child, last)) break
    heap[at] = child
    at = 2 * at + (isRight ? 2 : 1)
  }
  heap[at] = last
}
