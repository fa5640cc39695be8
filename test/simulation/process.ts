import { epochMs, type EpochMs } from '../../src/core/brand.ts'
import type { Clock, Wait } from '../../src/core/ports.ts'
import { neverBack } from '../../src/host/clock.ts'
import type { Counters } from './counters.ts'
import type { Prng } from './prng.ts'
import type { Scheduler } from './scheduler.ts'
import type { Service, Swarm, WireFault } from './swarm.ts'
import type { Trace } from './trace.ts'
import { drawFault, isDark, isRead, swallow, told, WireError, type CallKind } from './wire.ts'

/** What all processes of one simulated world share. */
export type Nature = {
  /** Replaced by a healed one in the end. */
  swarm: Swarm
  readonly random: Prng
  readonly scheduler: Scheduler
  readonly trace: Trace
  readonly counters: Counters
}

/** 2026-12-01T18:00:00Z: the instant virtual time counts from. */
export const worldStart = Date.UTC(2026, 11, 1, 18)

/** One process on one machine: it may die or stand still at any answer, and its clock is its own. */
export type Process = {
  readonly name: string
  readonly clock: Clock
  /** When it was started, by its own clock. */
  readonly startedAt: EpochMs
  readonly wait: Wait
  /** Real ms it stood still so far. */
  readonly pausedMs: number
  readonly isDead: boolean
  readonly isSlow: boolean
  /** Its clock was once so far ahead that it stamped what no metrics are known of yet (docs/decisions/015). */
  wasAhead: boolean
  /** Looks for which it was shown no metrics. */
  unseenMetrics: number
  isDone: boolean
  readonly stop: AbortController
  jumpClock(ms: number): void
  /** It dies (null) or stands still for so long at one of its next answers: at this one. */
  doom(answers: number, pauseMs: number | null): void
  /** Its machine falls asleep after a while, and the way to the journal is lost until some time after it wakes. */
  fallAsleep(afterMs: number, pauseMs: number, offlineMs: number): void
  /** One request: `apply` happens at the service at some moment, perhaps twice, perhaps never; then comes the answer, perhaps. */
  call<T>(service: Service, what: string, kind: CallKind, apply: () => T, signal: AbortSignal): Promise<T>
}

/** How long a caller waits for an answer. */
export const timeoutMs = 5000
const latestMs = 20_000
/** So much more likely is a death or a pause where the seed looks for trouble. */
const criticalTimes = 15
const longestNapMs = 30_000
const farAheadMs = 60_000

export function startProcess(name: string, nature: Nature, skewMs: number): Process {
  const { random, scheduler, trace, counters } = nature
  const slowness = random.chance(nature.swarm.slow) ? random.int(10, 60) : 1
  if (slowness > 1) counters.add('slow process')
  let skew = skewMs
  let doomed: { answers: number; readonly pauseMs: number | null } | null = null
  let jumped = 0
  const now = neverBack({
    wall: () => worldStart + scheduler.nowMs + skew,
    monotonic: () => scheduler.nowMs,
  })
  let pausedUntil = 0
  let offlineUntil = 0
  const process = {
    name,
    startedAt: epochMs(now()),
    pausedMs: 0,
    isDead: false,
    isSlow: slowness > 1,
    wasAhead: skewMs > farAheadMs,
    unseenMetrics: 0,
    isDone: false,
    stop: new AbortController(),
    jumpClock: (ms: number) => {
      skew += ms
      process.wasAhead ||= skew > farAheadMs
      jumped += ms
      counters.add('clock jump')
      trace.add(scheduler.nowMs, `${name} clock jumps ${ms}`)
    },
    doom: (answers: number, pauseMs: number | null) => {
      doomed = { answers, pauseMs }
    },
    fallAsleep: (afterMs: number, pauseMs: number, offlineMs: number) => {
      counters.add('machine asleep')
      offlineUntil = scheduler.nowMs + afterMs + pauseMs + offlineMs
      trace.add(scheduler.nowMs, `${name} loses its way to the journal`)
      scheduler.at(scheduler.nowMs + afterMs, () => process.doom(1, pauseMs), false)
    },
    clock: {
      now: () => epochMs(now()),
      monotonicMs: () => scheduler.nowMs,
      jumpedMs: () => {
        const ms = jumped
        jumped = 0
        return ms
      },
      sleepUntil: async (at: number, signal: AbortSignal) => {
        signal.throwIfAborted()
        const leftMs = () => at - process.clock.now()
        for (let left = leftMs(); left > 0; left = leftMs()) await nap(Math.min(left, longestNapMs), signal)
      },
    },
    wait: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted()
      await nap(ms, signal)
    },
    call,
  }

  function latency(): number {
    const { latencyMs } = nature.swarm
    return 1 + Math.floor(latencyMs * slowness * (0.5 + random.unit()))
  }

  /** What was said to befall it at this very answer. */
  function fateNow(): typeof doomed {
    if (!doomed || (doomed.answers -= 1) > 0) return null
    const fate = doomed
    doomed = null
    return fate
  }

  /** Lets the process go on, unless it dies or stands still just then. */
  function deliver(atMs: number, what: string, go: () => void): void {
    scheduler.at(atMs, () => {
      if (process.isDead) return
      const { critical, crash, pause, pauseMs } = nature.swarm
      const times = critical !== null && what.startsWith(critical) ? criticalTimes : 1
      const fate = fateNow()
      if (fate?.pauseMs === null || random.chance(crash * times)) {
        process.isDead = true
        counters.add('crash')
        trace.add(scheduler.nowMs, `${name} dies before it hears of ${what}`)
        return
      }
      if (scheduler.nowMs >= pausedUntil && (fate || random.chance(pause * times))) {
        const ms = fate?.pauseMs ?? random.int(1, pauseMs)
        pausedUntil = scheduler.nowMs + ms
        process.pausedMs += ms
        counters.add('pause')
        trace.add(scheduler.nowMs, `${name} stands still for ${ms} ms`)
      }
      if (scheduler.nowMs < pausedUntil) scheduler.at(pausedUntil, () => process.isDead || go())
      else go()
    })
  }

  const asleep = new WeakMap<AbortSignal, Set<() => void>>()

  /** Who is woken when the signal aborts. One listener for all of them: whole batches of reads wait on one signal, again and again. */
  function sleepersOn(signal: AbortSignal): Set<() => void> {
    const known = asleep.get(signal)
    if (known) return known
    const sleepers = new Set<() => void>()
    asleep.set(signal, sleepers)
    signal.addEventListener('abort', () => sleepers.forEach((wake) => wake()), { once: true })
    return sleepers
  }

  function nap(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      let over = false
      const wake = () => {
        if (over) return
        over = true
        deliver(scheduler.nowMs, 'an abort', () => reject(signal.reason))
      }
      const sleepers = sleepersOn(signal)
      sleepers.add(wake)
      deliver(scheduler.nowMs + Math.ceil(ms), 'a timer', () => {
        if (over) return
        over = true
        sleepers.delete(wake)
        resolve()
      })
    })
  }

  /** The key that met a 409 last: what is under way there may go on for a while. */
  let busy = ''

  function befalls(what: string, kind: CallKind): WireFault | null {
    if (busy === what && random.chance(nature.swarm.stubborn)) {
      counters.add('conflict 409 again')
      return 'conflict 409'
    }
    const fault = drawFault(kind, nature.swarm, random)
    if (kind === 'conditional') busy = fault === 'conflict 409' ? what : ''
    return fault
  }

  function call<T>(service: Service, what: string, kind: CallKind, apply: () => T, signal: AbortSignal): Promise<T> {
    if (signal.aborted) return Promise.reject(signal.reason)
    const { nowMs } = scheduler
    const isOut = isDark(nature.swarm, service, kind, nowMs) || (service === 'state' && nowMs < offlineUntil)
    const fault = befalls(what, kind)
    if (kind === 'one of many' && fault === null && !isOut) return together(what, apply, signal)
    const there = nowMs + latency()
    const back = there + latency()
    return new Promise((resolve, reject) => {
      const answer = (atMs: number, said: string, settle: () => void) =>
        deliver(atMs, what, () => {
          trace.add(scheduler.nowMs, `${name} ${what} → ${said}`)
          if (signal.aborted) reject(signal.reason)
          else settle()
        })
      const fails = (atMs: number, why: WireFault | 'blackout') => {
        counters.add(why)
        answer(atMs, why, () => reject(new WireError(why, what)))
      }
      const applied = (): T => {
        const result = apply()
        if (!isRead(kind)) trace.add(scheduler.nowMs, `  ${name} ${what} comes true: ${told(result)}`)
        return result
      }
      const succeeds = (arrive: () => T) =>
        scheduler.at(
          there,
          () => {
            try {
              const result = arrive()
              answer(back, isRead(kind) ? 'ok' : told(result), () => resolve(result))
            } catch (error) {
              answer(back, String(error), () => reject(error))
            }
          },
          false,
        )
      if (isOut) return fails(nowMs + random.int(1, timeoutMs), 'blackout')
      switch (fault) {
        case null:
          return succeeds(applied)
        case 'unreachable':
          return fails(there, fault)
        case 'unavailable':
        case 'throttled':
        case 'conflict 409':
          return fails(back, fault)
        case 'reply lost':
          scheduler.at(there, () => swallow(applied), false)
          return fails(random.chance(0.5) ? back : nowMs + timeoutMs, fault)
        case 'late apply':
          scheduler.at(nowMs + timeoutMs + random.int(0, latestMs), () => swallow(applied), false)
          return fails(nowMs + timeoutMs, fault)
        case 'duplicate':
          counters.add(fault)
          scheduler.at(there + random.int(0, latestMs), () => swallow(applied), false)
          return succeeds(applied)
        case 'own 412':
          counters.add(fault)
          return succeeds(() => (applied(), applied()))
      }
    })
  }

  let connection: { readonly atMs: number; readonly waiting: (() => () => void)[] } | null = null

  /** Reads sent at the same moment see the service at one moment, and their answers come together. */
  function together<T>(what: string, apply: () => T, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (connection?.atMs !== scheduler.nowMs) {
        const waiting: (() => () => void)[] = []
        connection = { atMs: scheduler.nowMs, waiting }
        const there = scheduler.nowMs + latency()
        const arrive = () => {
          const settle = waiting.map((read) => read())
          deliver(there + latency(), what, () => {
            trace.add(scheduler.nowMs, `${name} ${what} and ${settle.length - 1} more → ok`)
            for (const go of settle) go()
          })
        }
        scheduler.at(there, arrive, false)
      }
      connection.waiting.push(() => {
        const result = apply()
        return () => (signal.aborted ? reject(signal.reason) : resolve(result))
      })
    })
  }

  return process
}
