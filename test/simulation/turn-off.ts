import type { Window } from '../../src/core/verdict.ts'
import { loseJournal } from './lost-journal.ts'
import { lagMs, periodMs } from './metrics.ts'
import { worldStart, type Process } from './process.ts'
import type { World } from './world.ts'

/** From the answer that shows a breach to a flag that is off, a dead journal's deadlines and retries included. */
const longestMs = 4 * 60_000

/**
 * I5: a process that was shown that users meet errors turns the flag off in time, whether or not the journal answers. Not
 * asked of one that dies, stands still, is stopped or cannot reach the flag.
 */
export function mustTurnOff(world: World, process: Process, launch: string, window: Window): void {
  const { scheduler, truth, swarm } = world
  const flag = truth.flag()
  if (!flag || flag.percent === 0 || flag.launch !== launch || truth.active() !== launch) return
  if (swarm.sheet === 'hold' || world.isGuided.has(process.name) || !isBad(world, launch, window)) return
  const [sinceMs, pausedMs] = [scheduler.nowMs, process.pausedMs]
  world.counters.add('breach shown to a driver')
  // The verdict and the intent of the rollback cannot be written.
  loseJournal(world, 'breach', () => ({
    fromMs: scheduler.nowMs,
    toMs: scheduler.nowMs + world.random.int(20_000, 8 * 60_000),
  }))
  const isDark = swarm.blackouts.some(
    ({ service, toMs, fromMs }) => service === 'site' && toMs >= sinceMs && fromMs <= sinceMs + longestMs,
  )
  if (isDark || process.isSlow) return
  const look = () => {
    // Minutes that were stamped by a clock far ahead are judged when they are over.
    const wasAhead = world.processes.some((one) => one.wasAhead)
    const isExcused = wasAhead || process.isDead || process.stop.signal.aborted || process.pausedMs > pausedMs
    if (isExcused || truth.active() !== launch) return
    if (truth.flag()?.writeId === flag.writeId)
      world.found(
        'I5',
        `${process.name} was shown errors at ${flag.percent} % ${longestMs / 1000} s ago, and they still are`,
      )
  }
  scheduler.at(sinceMs + longestMs, look, false)
}

/** Whether no check of the sheet could call what this launch's users met in that window anything but failed. */
function isBad({ truth, traffic, scheduler, swarm }: World, launch: string, window: Window): boolean {
  const shownMs = truth.flagHistory.find(({ flag }) => flag.launch === launch && flag.percent > 0)?.atMs ?? Infinity
  const shares: number[] = []
  const fromMs = Math.ceil(Math.max(shownMs, window.from - worldStart) / periodMs) * periodMs
  // A rollout that is judged as one counts in whole minutes, and takes a part of one for all of it.
  const settlingMs = swarm.sheet === 'split' ? Math.ceil(lagMs / periodMs) * periodMs : lagMs
  for (let start = fromMs; start + periodMs + settlingMs <= window.to - worldStart; start += periodMs) {
    // A clock that is ahead takes for settled what is not: its metrics look better than it was.
    const share = start + periodMs + lagMs <= scheduler.nowMs ? traffic.errorShare(start) : null
    if (share !== null) shares.push(share)
  }
  // A rollout that is judged as one calls no single minute bad (docs/decisions/012).
  if (shares.length < (swarm.sheet === 'split' ? 2 : 1)) return false
  return shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length) > 0.05
}
