import { epochMs, type EpochMs } from '../core/brand.ts'
import { LaunchError } from '../core/errors.ts'
import type { Happening } from '../core/event.ts'
import type { Effect, GateLook, Move } from '../core/move.ts'
import type { FlagState } from '../core/flag.ts'
import { reduce } from '../core/reduce.ts'
import { mayBeExposed, type LaunchState } from '../core/state.ts'
import { exposedLook } from './exposed-look.ts'
import { lookAt, type GateJudged } from './look.ts'
import { rollBackLaunch } from './rollback.ts'
import type { Session } from './session.ts'

/** The move that a state calls for just now. */
export type DecideNow = (state: LaunchState) => Move

/** What a driver goes by while its journal cannot be read, or takes nothing. */
export type Blind = {
  /** The launch as it was last read. */
  readonly from: LaunchState
  /** The same, and what this process saw since. */
  state: LaunchState
  /** When it last looked, by the key of the gate. */
  readonly looked: Map<string, EpochMs>
}

/**
 * One look at what users get, in place of a turn of the loop, when the journal does not answer. Nothing goes forward then;
 * a gate that fails turns the flag off at once: the flag first, the journal as soon as it answers again (`settleOwed`).
 */
export async function watchWithoutJournal(session: Session, decideNow: DecideNow, signal: AbortSignal): Promise<void> {
  if (session.owed.length > 0) return
  const blind = blindNow(session)
  blind.state = withRaise(blind.state, session)
  if (!isShown(blind.state, session)) return
  const { rollingBack } = blind.state
  if (rollingBack) return rollBackLaunch(rollingBack, session, signal, [])
  for (const look of dueLooks(blind, session, decideNow)) {
    const judged = await lookAt(look, session.plan, blind.state, session.ports, signal, session.memory)
    blind.looked.set(look.key, look.window.to)
    blind.state = reduce(blind.state, asEvent(judged, blind.state, session))
    const rollback = judged.verdict === 'fail' ? rollbackOf(decideNow(blind.state)) : null
    if (rollback) return rollBackLaunch(rollback, session, signal, [judged])
  }
}

/** What it went by until now, unless the journal has told more since. */
function blindNow(session: Session): Blind {
  const { state, blind } = session
  if (blind?.from === state) return blind
  return (session.blind = { from: state, state, looked: blind?.looked ?? new Map() })
}

/** Once more where somebody else was first. S3 says the same (409) while a write is under way that may come to nothing. */
const attempts = 2

/**
 * A verdict into the journal; one that calls for a rollback and cannot be journaled does not wait for that, nor for the next look
 * where its place is taken. What the journal does not take is remembered here: a fail may have to persist.
 */
export async function takeJudged(
  judged: GateJudged,
  session: Session,
  decideNow: DecideNow,
  signal: AbortSignal,
): Promise<void> {
  const seenNow = () => {
    const { state } = blindNow(session)
    return reduce(state, asEvent(judged, state, session))
  }
  const rollbackNow = () => rollbackOf(decideNow(seenNow()))
  try {
    for (let tried = 0; tried < attempts; tried += 1)
      if ((await session.record(judged, signal)) || !rollbackNow()) return
  } catch (error) {
    if (signal.aborted || !(error instanceof LaunchError)) throw error
    if (!rollbackNow()) {
      blindNow(session).state = seenNow()
      throw error
    }
  }
  const rollback = rollbackNow()
  if (rollback) await rollBackLaunch(rollback, session, signal, [judged])
}

/**
 * What users are shown by this launch as the flag has it: a raise of this process whose outcome the journal did not take, or one
 * of a colleague who goes on while this process cannot read what of.
 */
function withRaise(state: LaunchState, session: Session): LaunchState {
  const reading = session.flag?.status === 'present' ? session.flag.flag : null
  const imagine = (happening: Raise, before: LaunchState) => reduce(before, asEvent(happening, before, session))
  const shown = reading ? unknownRaise(state, reading).reduce((before, next) => imagine(next, before), state) : state
  if (!shown.flag || shown.flag.confirmedAt !== null) return shown
  const { percent, serial } = shown.flag
  return imagine({ type: 'flag-confirmed', percent, serial, edgeMs: 0 }, shown)
}

type Raise = Extract<Happening, { type: 'flag-intended' | 'flag-set' | 'flag-confirmed' }>

/** What the journal would say of a raise of this launch that is in the flag and not yet in the state. */
function unknownRaise(state: LaunchState, { launch, latched, percent, serial, writeId }: FlagState): readonly Raise[] {
  const step = Object.keys(state.stages).at(-1)
  if (!step || launch !== state.id || latched || percent === 0 || writeId === state.flag?.writeId) return []
  const newest = Object.values(state.stages).map((stages) => stages.at(-1))
  const isIntended = newest.some((stage) => stage?.status === 'shifting' && stage.writeId === writeId)
  const intended: Raise = { type: 'flag-intended', step, percent, writeId, serial, base: null }
  return [...(isIntended ? [] : [intended]), { type: 'flag-set', percent, serial, writeId, ackedMs: 0 }]
}

/** Whether users are shown something of this launch, as far as can be known: an unread flag may still say what it said. */
function isShown(state: LaunchState, { flag }: Session): boolean {
  if (!mayBeExposed(state) || state.ended || state.found || state.rollbacks.length > 0) return false
  if (flag === null) return true
  return flag.status === 'present' && flag.flag.launch === state.id && !flag.flag.latched && flag.flag.percent > 0
}

/** The gate of what users see and that of a monitor under way, each as often as it says. */
function dueLooks(blind: Blind, session: Session, decideNow: DecideNow): readonly GateLook[] {
  const move = decideNow(blind.state)
  const monitor = move.type === 'look' && move.look.watch ? move.look : null
  const now = session.ports.clock.now()
  return [exposedLook(session, blind.state), monitor].filter((look): look is GateLook => {
    if (!look) return false
    const last = Math.max(blind.looked.get(look.key) ?? 0, session.looks.get(look.key)?.last ?? 0)
    return now >= epochMs(last + look.gate.everyMs)
  })
}

function rollbackOf(move: Move): Extract<Effect, { type: 'roll-back' }> | null {
  return move.type === 'effect' && move.effect.type === 'roll-back' ? move.effect : null
}

/** What happened, as the event that the journal would have of it. */
function asEvent<H extends Happening>(happening: H, { n, last }: LaunchState, { log, ports }: Session) {
  const rest = {
    schema: 1,
    launch: log.launch,
    n: n + 1,
    id: '',
    at: ports.clock.now(),
    actor: last.actor,
    prev: null,
  } as const
  return { ...happening, ...rest }
}
