import { epochMs, type EpochMs } from '../core/brand.ts'
import { decide, type Goal } from '../core/decide.ts'
import { environmentOf } from '../core/environment-of.ts'
import { LaunchError, messageOf } from '../core/errors.ts'
import type { GateLook, Move } from '../core/move.ts'
import type { LaunchState } from '../core/state.ts'
import type { World } from '../core/step.ts'
import { productionTouched } from '../core/touched.ts'
import { formatDuration } from '../core/units.ts'
import { needsOfGate } from '../gates/judge-gate.ts'
import { stepKind } from '../steps/registry.ts'
import { ask } from './ask.ts'
import { noticeClockJump } from './clock-jump.ts'
import { rememberLeft } from './left-held.ts'
import { captureMissing } from './baseline.ts'
import { isNews, lookAt, scopeOf } from './look.ts'
import { lookMeanwhile, type Meanwhile } from './meanwhile.ts'
import { settleOwed } from './owed.ts'
import { perform } from './perform.ts'
import type { RunEnd, Session } from './session.ts'
import { isTrouble } from './trouble.ts'
import { takeJudged, watchWithoutJournal, type DecideNow } from './without-journal.ts'

export type RunOptions = { readonly goal: Goal; readonly leaveHeld: boolean; readonly guided: boolean }

/** How often and how long trouble with a service is sat out once production users may see something of the launch. */
const retryMs = 5000
const patienceMs = 10 * 60_000

/**
 * Drives a launch towards a goal: read the flag, read the journal, decide, do, remember; again. Everything it does can be
 * taken up by another process at any point. A service that fails before production changed ends the run; after that it is
 * asked again for a while, so that a launch never ends half-way over a hiccup. Rejects with the signal's reason when aborted.
 */
export async function run(session: Session, options: RunOptions, signal: AbortSignal): Promise<RunEnd> {
  const { clock } = session.ports
  for (let trouble: Trouble | null = null; ;) {
    signal.throwIfAborted()
    try {
      const end = await turn(session, options, signal)
      if (end !== null && end !== 'waited') return end
      // What was waited for says nothing of what would not be taken.
      if (end === null) trouble = null
    } catch (error) {
      signal.throwIfAborted()
      trouble = lasting(trouble, clock.now())
      const end = endOfTrouble(error, session, trouble.last - trouble.since)
      if (end) return end
      session.watcher.onProgress(`${messageOf(error)}; trying again`, null)
      await clock.sleepUntil(epochMs(clock.now() + retryMs), signal)
    }
  }
}

type Trouble = { readonly since: EpochMs; readonly last: EpochMs }

/** Trouble that comes once more; after a wait that is longer than the patience it is another one. */
function lasting(before: Trouble | null, now: EpochMs): Trouble {
  return { since: before && now - before.last < patienceMs ? before.since : now, last: now }
}

/** One turn of the loop. An end, or null (`waited` after nothing but a wait) to go on. */
async function turn(session: Session, options: RunOptions, signal: AbortSignal): Promise<RunEnd | 'waited' | null> {
  const decideNow = (state: LaunchState) =>
    decide(session.plan, state, options.goal, worldOf(session, options), stepKind)
  /** Whatever the journal does not take or tell: what users get is looked at before it is asked again. */
  const watched = <T>(going: Promise<T>): Promise<T> =>
    going.catch(async (error: unknown) => {
      if (!signal.aborted && isTrouble(error)) await watchWithoutJournal(session, decideNow, signal)
      throw error
    })
  const isOpen = await watched(lookAround(session, signal))
  await watched(settleOwed(session, signal).then(() => noticeClockJump(session, signal)))
  const { rollingBack, ended } = session.state
  if (!isOpen && !rollingBack && !ended)
    return { outcome: 'superseded', why: `another launch of ${session.plan.app} was opened over this one` }
  const move = decideNow(session.state)
  if (move.type === 'done') {
    const end = { outcome: move.outcome, why: move.why, ...(move.code ? { code: move.code } : {}) }
    if (options.leaveHeld) await rememberLeft(end, session, signal)
    return end
  }
  const carriedOut = carryOut(move, session, options, decideNow, signal)
  return isRollback(move) ? carriedOut : watched(carriedOut)
}

/** Reads what others did. Whether this is still the open launch. */
async function lookAround(session: Session, signal: AbortSignal): Promise<boolean> {
  // The flag first, the journal second: a decision is never based on a flag that is older than the journal it is held against.
  session.flag = await readFlag(session, signal)
  const [isOpen] = await Promise.all([session.log.isOpen(signal), session.refresh(signal)])
  return isOpen
}

function isRollback(move: Move): boolean {
  return move.type === 'effect' && move.effect.type === 'roll-back'
}

/** How a run ends over an error, or null while it is worth another try. Throws what no retry can help. */
function endOfTrouble(error: unknown, session: Session, lastedMs: number): RunEnd | null {
  if (!isTrouble(error)) throw error
  const { state, flag } = session
  const why = error.message
  if (nothingTouched(session)) {
    if (error.outcome !== 'unavailable') throw error
    return { outcome: 'unavailable', why }
  }
  if (lastedMs < patienceMs) return null
  const lasting = `${why} (for ${formatDuration(lastedMs)})`
  if (flag?.status === 'present' && flag.flag.latched && !state.acks.includes(flag.flag.writeId)) {
    return {
      outcome: 'rolled-back',
      why: `rolled back by ${flag.flag.updatedBy}: ${flag.flag.reason}; not yet journaled: ${lasting}`,
    }
  }
  if (state.rollingBack) return { outcome: 'failed', why: `the rollback could not be finished: ${lasting}` }
  return {
    outcome: 'held',
    why: `${state.flag ? `production stays at ${state.flag.percent} %` : 'production is half-way'}: ${lasting}`,
  }
}

async function carryOut(
  move: Exclude<Move, { type: 'done' }>,
  session: Session,
  options: RunOptions,
  decideNow: DecideNow,
  signal: AbortSignal,
): Promise<RunEnd | 'waited' | null> {
  const { watcher, ports } = session
  const meanwhile = watchOver(move, session, options, decideNow)
  switch (move.type) {
    case 'wait':
      watcher.onProgress(move.why, move.until)
      await ports.clock.sleepUntil(move.until, signal)
      return 'waited'
    case 'ask':
      return answered(await ask(move.question, session, meanwhile, signal))
    case 'record':
      await session.record(move.happening, signal)
      return null
    case 'look':
      if (await askBefore(move.look, session, meanwhile, signal)) await lookOnce(move.look, session, decideNow, signal)
      return null
    case 'effect':
      await perform(move.effect, session, signal)
      return null
  }
}

function answered(asked: RunEnd | 'overtaken' | null): RunEnd | null {
  return asked === 'overtaken' ? null : asked
}

/** What the journal, the flag and the gate say while a question is open. */
function watchOver(move: Move, session: Session, options: RunOptions, decideNow: DecideNow): Meanwhile {
  const look = lookMeanwhile(move, session, (state, flag) =>
    decide(session.plan, state, options.goal, { ...worldOf(session, options), flag }, stepKind),
  )
  return { look, take: (judged, signal) => takeJudged(judged, session, decideNow, signal) }
}

/** Questions of a gate are asked before its look and answered in the journal. False when something else came first. */
async function askBefore(
  { gate, phase, watch }: GateLook,
  session: Session,
  meanwhile: Meanwhile,
  signal: AbortSignal,
): Promise<boolean> {
  if (watch) return true
  const needs = needsOfGate(gate, scopeOf(environmentOf(session.plan, gate.environment), phase))
  for (const need of needs) {
    if (need.need !== 'answer' || session.unanswered.has(need.id) || session.state.answers[need.id]?.answer === 'yes')
      continue
    if ((await ask({ type: 'confirm', id: need.id, text: need.ask }, session, meanwhile, signal)) === 'overtaken')
      return false
  }
  return true
}

async function lookOnce(look: GateLook, session: Session, decideNow: DecideNow, signal: AbortSignal): Promise<void> {
  await captureMissing(metricsOf(look, session.plan), session, signal)
  const judged = await lookAt(look, session.plan, session.state, session.ports, signal, session.memory)
  const before = session.looks.get(look.key)
  session.looks.set(look.key, { first: before?.first ?? look.window.to, last: look.window.to })
  if (!isNews(judged, session.state.gates[look.key])) return
  await takeJudged(judged, session, decideNow, signal)
}

/** Ids of the metrics that a gate reads. */
function metricsOf({ gate, phase }: GateLook, plan: Session['plan']): ReadonlySet<string> {
  const needs = needsOfGate(gate, scopeOf(environmentOf(plan, gate.environment), phase))
  return new Set(needs.flatMap((need) => (need.need === 'series' ? [need.metric] : [])))
}

function worldOf(session: Session, options: RunOptions): World {
  const { flag, flagLostAt, looks, tried, unanswered, ports } = session
  return {
    now: ports.clock.now(),
    flag,
    flagLostAt,
    looks,
    tried,
    unanswered,
    leaveHeld: options.leaveHeld,
    guided: options.guided,
  }
}

function nothingTouched({ plan, state }: Session): boolean {
  return !state.rollingBack && !productionTouched(plan, state, stepKind)
}

/** Null when it cannot be read just now: `decide` then moves nothing forward. Throws what only another run sheet can mend. */
async function readFlag(session: Session, signal: AbortSignal): Promise<Session['flag']> {
  try {
    const reading = await session.ports.flag('production').read(signal)
    session.flagLostAt = null
    return reading
  } catch (error) {
    signal.throwIfAborted()
    if (!(error instanceof LaunchError) || (error.outcome === 'invalid' && nothingTouched(session))) throw error
    session.flagLostAt ??= session.ports.clock.now()
    session.watcher.onProgress(`the flag cannot be read: ${messageOf(error)}`, null)
    return null
  }
}
