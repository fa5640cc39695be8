import type { EventOf, LaunchEvent } from '../../src/core/event.ts'
import type { Applied } from './bucket.ts'
import { worldStart } from './process.ts'
import { canaryStep, stages } from './sheet.ts'
import { flagDocument, type FlagDocument } from './truth.ts'
import { mustBeSafeAgain } from './users-safe.ts'
import type { World } from './world.ts'

/** One change of the flag as it came true: what it says, what it said before, and what the launch that made it had journaled by then. */
type Raise = {
  readonly flag: FlagDocument
  readonly before: FlagDocument | null
  readonly journal: readonly LaunchEvent[]
  /** Where in the journal its intent stands, or -1. */
  readonly intent: number
  readonly by: string
}
type Invariant = (raise: Raise, world: World) => string | null

/** What has to hold of every flag document that shows the new version to anybody. Null when it holds. */
const onRaise = { I1, I2, I3, I7, I10, I16, I18, I19 } as const satisfies { readonly [name: string]: Invariant }

export function flagChanged(world: World, { before, after, by }: Applied): void {
  if (!after) return world.found('I1', 'the flag document was removed')
  const flag = flagDocument(after)
  world.counters.add(flag.latched ? 'flag: latched' : `flag: ${flag.percent} %`)
  if (flag.latched && flag.percent > 0) world.found('I1', 'latched and shown')
  if (flag.latched) return
  const journal = flag.launch === null ? [] : world.truth.journal(flag.launch)
  const intent = journal.findLastIndex((event) => event.type === 'flag-intended' && event.writeId === flag.writeId)
  const raise = { flag, before: before && flagDocument(before), journal, intent, by }
  for (const [name, invariant] of Object.entries(onRaise)) {
    const wrong = invariant(raise, world)
    if (wrong !== null) world.found(name, `${flag.percent} % by ${by} for ${flag.launch}: ${wrong}`)
  }
  if (flag.percent > 0) mustBeSafeAgain(world, flag, by)
}

/** The flag never rises after a rollback, unless a person acknowledged that very rollback after it came true. */
function I1({ journal }: Raise, { truth }: World): string | null {
  const [opened] = journal
  const acks = opened?.type === 'launch-opened' ? opened.acks : []
  const known = truth.mayGoOver(acks)
  return known >= truth.rollbacks ? null : `rollback ${truth.rollbacks} was not acknowledged (${known} were)`
}

/** Users are never shown more than the stage after the last one that was left. */
function I2({ flag, journal, intent }: Raise): string | null {
  const own = stages.findIndex((percent) => percent === flag.percent)
  if (own < 0) return 'no such stage'
  const left = journal.slice(0, intent).flatMap((event) => (event.type === 'stage-left' ? [event.percent] : []))
  const missing = stages.slice(0, own).find((percent) => !left.includes(percent))
  return missing === undefined ? null : `${missing} % was not left before`
}

/** Every forward effect has its intent in the journal before it comes true, in a launch that still goes forward. */
function I3({ flag, journal, intent }: Raise): string | null {
  const intended = journal[intent]
  if (intended?.type !== 'flag-intended' || intended.percent !== flag.percent) return 'no intent'
  const over = journal.slice(0, intent).find(endsForward)
  return over ? `intended after ${over.type}` : null
}

function endsForward({ type }: LaunchEvent): boolean {
  return type === 'launch-ended' || type === 'rolled-back' || type === 'rollback-intended' || type === 'rollback-found'
}

/** An advance never takes the new version from anybody. */
function I7({ flag, before }: Raise): string | null {
  return before && !before.latched && flag.percent < before.percent ? `lowered from ${before.percent} %` : null
}

/** A stage is left by a verdict that the truth bears out, or by a person; never for want of evidence. */
function I10({ flag, journal, intent }: Raise, world: World): string | null {
  const percent = stages[stages.findIndex((stage) => stage === flag.percent) - 1]
  if (percent === undefined) return null
  const at = journal
    .slice(0, Math.max(0, intent))
    .findLastIndex((event) => event.type === 'stage-left' && event.percent === percent)
  const left = journal[at]
  if (left?.type !== 'stage-left') return 'the stage before was not left'
  const before = journal.slice(0, at)
  if (left.verdict === 'unproven') return unprovenBy(before, percent, world)
  const judged = before.findLast((event) => event.type === 'gate-judged' && event.key === `${canaryStep}@${percent}`)
  if (judged?.type !== 'gate-judged' || judged.verdict !== 'pass') return `left ${percent} % without a pass`
  return bornOut(judged, percent, world)
}

function unprovenBy(before: readonly LaunchEvent[], percent: number, world: World): string | null {
  const judged = before.findLast((event) => event.type === 'gate-judged' && event.key === `${canaryStep}@${percent}`)
  if (judged?.type === 'gate-judged' && judged.verdict === 'fail') return `left ${percent} % over a fail`
  if (world.swarm.sheet === 'unproven') return null
  const asked = before.some(
    (event) => event.type === 'canary-asked' && event.ask === 'promote' && event.stage === percent,
  )
  return asked ? null : `left ${percent} % unproven and nobody asked for it`
}

const periodMs = 60_000

/** A whole minute of users at that stage, seen without one bad minute. Clocks that are wrong may misplace a minute: not looked at. */
function bornOut(judged: EventOf<'gate-judged'>, percent: number, world: World): string | null {
  const { swarm, truth, traffic, scheduler } = world
  if (swarm.skewMs > 0 || swarm.clockJumps > 0) return null
  const shown = truth.flagHistory.find(({ flag }) => flag.launch === judged.launch && flag.percent === percent)
  if (!shown) return `${percent} % was never shown`
  let minutes = 0
  for (
    let start = Math.ceil(shown.atMs / periodMs) * periodMs;
    start + periodMs <= scheduler.nowMs;
    start += periodMs
  ) {
    const share = traffic.errorShare(start)
    if (share !== null) minutes += 1
    const isInWindow = start + periodMs <= judged.window.to - worldStart
    if (share !== null && share > 0.01 && isInWindow) return `the minute at ${start} had ${share} errors`
  }
  return minutes > 0 ? null : `no minute of users at ${percent} %`
}

/** Production changes only after a go, and never after a no-go. */
function I16({ journal, intent }: Raise): string | null {
  const decision = journal.slice(0, Math.max(0, intent)).findLast((event) => event.type === 'go-decided')
  return decision?.type === 'go-decided' && decision.decision === 'go' ? null : 'no go before it'
}

/** Nobody is shown a new version whose old one was seen broken just before. */
function I19({ journal, intent }: Raise): string | null {
  const earlier = journal.slice(0, Math.max(0, intent))
  if (earlier.some(({ type }) => type === 'flag-intended')) return null
  const judged = earlier.findLast((event) => event.type === 'gate-judged' && event.key === `${canaryStep}@0`)
  if (judged?.type !== 'gate-judged') return 'the old version was not looked at'
  return judged.verdict === 'fail' ? 'over an old version that is broken' : null
}

/** Longer than anything but a process that stood still takes from reading who drives to writing. */
const longestTurnMs = 90_000

/** A launch that another one was opened over shows nobody anything more; only what was under way then may still come true. */
function I18({ flag, before, by }: Raise, { truth, scheduler, processes, swarm, counters }: World): string | null {
  if (flag.launch === truth.active()) return null
  const place = (launch: string | null) => truth.opened.indexOf(launch ?? '')
  if (before && !before.latched && place(before.launch) > place(flag.launch))
    return `over ${before.percent} % of ${before.launch}, which was opened later`
  counters.add('raise of a launch that was superseded meanwhile')
  const writer = processes.find(({ name }) => name === by)
  const isLate = swarm.faults['late apply'] + swarm.faults.duplicate > 0
  const sinceMs = scheduler.nowMs - truth.activeSinceMs
  return writer?.pausedMs === 0 && !writer.isSlow && !isLate && sinceMs > longestTurnMs
    ? `superseded ${sinceMs} ms ago`
    : null
}
