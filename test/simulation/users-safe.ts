import { controlRetry } from '../../src/aws/retry.ts'
import { loseJournal } from './lost-journal.ts'
import { lagMs, periodMs } from './metrics.ts'
import { timeoutMs, type Process } from './process.ts'
import { everyMs } from './sheet.ts'
import type { FlagDocument } from './truth.ts'
import type { World } from './world.ts'

/**
 * I5: while the driver that raised the flag lives, users who meet errors beyond the gate's limit do so no longer than it takes to
 * see that: until a minute of them is settled, twice the interval of looks, and what this world's answers take. Whether the
 * journal can be read has no part in it. A stage that was left before the first of them had settled (I10) is followed by another
 * gate, which begins anew; so does that of a stage whose confirmation the journal took late.
 */
export function mustBeSafeAgain(world: World, flag: FlagDocument, by: string): void {
  const { scheduler, swarm, truth } = world
  const process = world.processes.find(({ name }) => name === by)
  if (!process || swarm.sheet === 'hold' || world.isGuided.has(by)) return
  const raised = { flag, process, atMs: scheduler.nowMs, pausedMs: process.pausedMs, unseen: process.unseenMetrics }
  const look = () => {
    if (isExcused(world, raised) || truth.flag()?.writeId !== flag.writeId || truth.active() !== flag.launch) return
    // Every look that was shown nothing is one more to wait for.
    const sinceMs = Math.max(raised.atMs, world.anewMs.get(flag.launch ?? '') ?? 0)
    const dueMs = sinceMs + longestMs(world, process.unseenMetrics - raised.unseen)
    if (scheduler.nowMs < dueMs) return scheduler.at(dueMs, look, false)
    if (!wasBadThroughout(world, raised.atMs)) return
    world.counters.add('users left with errors')
    world.found('I5', `users met errors at ${flag.percent} % for ${scheduler.nowMs - raised.atMs} ms while ${by} drove`)
  }
  // Often users are shown something bad, and what the driver goes by is lost before it can know.
  loseJournal(world, 'raise', () => {
    const fromMs = scheduler.nowMs + world.random.int(0, 60_000)
    return { fromMs, toMs: fromMs + world.random.int(3, 13) * 60_000 }
  })
  scheduler.at(raised.atMs + longestMs(world, 0), look, false)
}

type Raised = {
  readonly flag: FlagDocument
  readonly process: Process
  readonly atMs: number
  readonly pausedMs: number
  readonly unseen: number
}

/**
 * Nothing is asked of one that dies, ends, stands still, is stopped or slow, or cannot reach the flag; nor where a clock that was
 * set far ahead stamped the stage: its minutes lie ahead, and until then nobody judges them.
 */
function isExcused({ swarm, scheduler, processes }: World, { process, atMs, pausedMs }: Raised): boolean {
  const { isDead, isDone, isSlow, stop } = process
  const isSiteDark = swarm.blackouts.some(
    ({ service, fromMs, toMs }) => service === 'site' && toMs >= atMs && fromMs <= scheduler.nowMs,
  )
  const wasAhead = processes.some((one) => one.wasAhead)
  return wasAhead || isDead || isDone || isSlow || isSiteDark || stop.signal.aborted || process.pausedMs > pausedMs
}

/** From the raise to a flag that is off: what one look may lack is given it again. */
function longestMs({ swarm }: World, unseen: number): number {
  const { latencyMs, faults, blackouts, darkAtBreach, readOnly, naps, sheet } = swarm
  const isCalm = Object.values(faults).every((share) => share === 0)
  const isWhole = blackouts.length === 0 && darkAtBreach + readOnly + naps === 0
  const answerMs = 3 * latencyMs
  const attemptsMs = controlRetry.attempts * (timeoutMs + controlRetry.capMs / 2)
  const reachMs = isCalm ? answerMs : attemptsMs
  const journalMs = isCalm && isWhole ? answerMs : attemptsMs
  // The flag, the journal, the metrics, and the pause before the next turn.
  const turnMs = reachMs + journalMs + timeoutMs + 5000
  // A rollout that is judged as one calls no single minute bad (docs/decisions/012).
  const settledMs = periodMs * (sheet === 'split' ? 3 : 2) + lagMs
  const propagationMs = 10_000
  return settledMs + propagationMs + 2 * everyMs + 3 * turnMs + reachMs + unseen * (everyMs + turnMs)
}

function wasBadThroughout({ traffic, scheduler }: World, fromMs: number): boolean {
  const first = Math.ceil(fromMs / periodMs) * periodMs
  for (let start = first; start + periodMs <= scheduler.nowMs; start += periodMs)
    if ((traffic.errorShare(start) ?? 0) < 0.05) return false
  return true
}
