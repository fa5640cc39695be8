import { epochMs, type EpochMs } from '../core/brand.ts'
import { ClockFile } from './clock-file.ts'

/** What a sleep ended with: the instant was reached, or the long-poll's wall time was up and it has to be renewed. */
export type Slept = { readonly reached: boolean; readonly now: EpochMs }

type Sleep = { readonly until: number; readonly wake: () => void }
type Driver = { readonly sleeps: Set<Sleep>; awake: boolean }

/**
 * A driver that was woken while others of its sleeps still run may have nothing more to wait for with the woken one;
 * after this much wall time it counts as asleep again.
 */
const wokenGraceMs = 250

/**
 * The virtual time of a world, owned by its host. Without a speed it stands still until every joined driver sleeps and
 * no request is in flight, then jumps to the earliest wake-up. With a speed it runs that many times as fast as real
 * time. It is persisted before anybody sees it, so it never goes back.
 */
export class WorldClock {
  readonly #file: ClockFile
  readonly #drivers = new Map<number, Driver>()
  readonly #watchers = new Set<() => void>()
  readonly #holdWaiters = new Set<() => void>()
  #now: number
  #speed: number | null
  #wallBase = 0
  #inFlight = 0
  #nextId = 1
  #holdAt: number | null = null
  #quietUntil: number
  #check: NodeJS.Immediate | null = null
  #timer: NodeJS.Timeout | null = null
  #closed = false

  /** `quietMs`: wall time after opening in which it does not move, so that drivers of a dead host can join again. */
  constructor(options: {
    readonly path: string
    readonly startAt: EpochMs
    readonly speed: number | null
    readonly quietMs: number
  }) {
    this.#file = new ClockFile(options.path)
    this.#now = Math.max(options.startAt, this.#file.read() ?? 0)
    this.#speed = options.speed
    this.#wallBase = performance.now()
    this.#quietUntil = this.#wallBase + options.quietMs
    this.#file.write(this.#now)
  }

  get speed(): number | null {
    return this.#speed
  }
  get drivers(): number {
    return this.#drivers.size
  }
  get heldAt(): EpochMs | null {
    return this.#holdAt === null ? null : epochMs(this.#holdAt)
  }

  now(): EpochMs {
    if (this.#speed === null) return epochMs(this.#now)
    const ran = this.#now + Math.floor((performance.now() - this.#wallBase) * this.#speed)
    const shown = this.#holdAt === null ? ran : Math.max(this.#now, Math.min(ran, this.#holdAt))
    this.#file.reserve(shown, 1000 * this.#speed)
    return epochMs(shown)
  }

  /** Null: jumps. */
  setSpeed(speed: number | null): void {
    this.#rebase()
    this.#speed = speed
    this.#tell()
    this.#settle()
  }

  /** A new driver, awake: the clock stands still until it sleeps or leaves. */
  join(): number {
    const id = this.#nextId++
    this.#drivers.set(id, { sleeps: new Set(), awake: true })
    return id
  }

  has(id: number): boolean {
    return this.#drivers.has(id)
  }

  leave(id: number): void {
    const driver = this.#drivers.get(id)
    this.#drivers.delete(id)
    for (const sleep of driver?.sleeps ?? []) sleep.wake()
    this.#settle()
  }

  /** Sleeps a driver until virtual time is `until`, for at most `capMs` of wall time. The signal ends it early. */
  sleep(id: number, until: number, capMs: number | null, signal: AbortSignal): Promise<Slept> {
    const driver = this.#drivers.get(id)
    if (!driver || signal.aborted || this.now() >= until)
      return Promise.resolve({ reached: this.now() >= until, now: this.now() })
    return new Promise((resolve) => {
      const cap = capMs === null ? null : setTimeout(() => sleep.wake(), capMs)
      const wake = () => {
        if (!driver.sleeps.delete(sleep)) return
        if (cap) clearTimeout(cap)
        signal.removeEventListener('abort', wake)
        driver.awake = true
        if (driver.sleeps.size > 0) setTimeout(() => this.#doze(driver), wokenGraceMs).unref()
        resolve({ reached: this.now() >= until, now: this.now() })
      }
      const sleep: Sleep = { until, wake }
      driver.sleeps.add(sleep)
      driver.awake = false
      signal.addEventListener('abort', wake, { once: true })
      this.#settle()
    })
  }

  /** A request of a client began or ended: the clock does not jump while one is in flight. */
  began(): void {
    this.#inFlight += 1
  }
  ended(): void {
    this.#inFlight -= 1
    if (this.#inFlight === 0) this.#settle()
  }

  /** Stops the clock at an instant until released. */
  hold(at: number): void {
    this.#rebase()
    this.#holdAt = at
    this.#tell()
    this.#settle()
  }

  release(): void {
    this.#rebase()
    this.#holdAt = null
    this.#tell()
    this.#settle()
  }

  /** Resolves when the clock is held: at the instant, and every driver asleep. True, or false after `capMs` of wall time. */
  held(capMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => finish(false), capMs)
      const waiter = () => finish(!this.#closed)
      const finish = (reached: boolean) => {
        clearTimeout(timer)
        this.#holdWaiters.delete(waiter)
        resolve(reached)
      }
      this.#holdWaiters.add(waiter)
      this.#settle()
    })
  }

  /** Moves time forward by hand, past no hold. */
  advance(ms: number): EpochMs {
    this.#rebase()
    const to = this.#now + Math.max(0, ms)
    this.#moveTo(this.#holdAt === null ? to : Math.max(this.#now, Math.min(to, this.#holdAt)))
    this.#settle()
    return this.now()
  }

  /** Told of every jump, hold and change of speed. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  close(): void {
    this.#closed = true
    if (this.#check) clearImmediate(this.#check)
    if (this.#timer) clearTimeout(this.#timer)
    for (const driver of this.#drivers.values()) for (const sleep of driver.sleeps) sleep.wake()
    for (const waiter of this.#holdWaiters) waiter()
    this.#file.close()
  }

  #doze(driver: Driver): void {
    if (driver.sleeps.size === 0) return
    driver.awake = false
    this.#settle()
  }

  #tell(): void {
    for (const watcher of this.#watchers) watcher()
  }

  #rebase(): void {
    this.#now = this.now()
    this.#wallBase = performance.now()
  }

  /** Looks again once what is already on its way (a reply, a request) has been seen. */
  #settle(): void {
    if (this.#closed || this.#check) return
    this.#check = setImmediate(() => {
      this.#check = setImmediate(() => {
        this.#check = null
        if (!this.#closed) this.#advanceTime()
      })
    })
  }

  #advanceTime(): void {
    if (this.#speed !== null) return this.#wakeOnTime(this.#speed)
    const quietMs = this.#quietUntil - performance.now()
    if (quietMs > 0) return this.#again(quietMs)
    const drivers = [...this.#drivers.values()]
    const asleep = drivers.every((driver) => !driver.awake && driver.sleeps.size > 0)
    if (!asleep || this.#inFlight > 0) return
    const next = Math.min(...drivers.flatMap(({ sleeps }) => [...sleeps].map(({ until }) => until)))
    const stop = this.#holdAt
    if (stop !== null && next > stop) {
      if (this.#now < stop && drivers.length > 0) this.#moveTo(stop)
      if (this.#now >= stop) for (const waiter of this.#holdWaiters) waiter()
      return
    }
    if (drivers.length > 0) this.#moveTo(next)
  }

  #moveTo(at: number): void {
    this.#now = Math.max(this.#now, at)
    this.#file.write(this.#now)
    this.#tell()
    this.#wakeDue()
  }

  #wakeDue(): void {
    const now = this.now()
    const due = [...this.#drivers.values()].flatMap(({ sleeps }) => [...sleeps].filter(({ until }) => until <= now))
    for (const sleep of due) sleep.wake()
  }

  #wakeOnTime(speed: number): void {
    this.#wakeDue()
    const now = this.now()
    if (this.#holdAt !== null && now >= this.#holdAt) {
      for (const waiter of this.#holdWaiters) waiter()
      return
    }
    const waits = [...this.#drivers.values()].flatMap(({ sleeps }) => [...sleeps].map(({ until }) => until))
    const next = Math.min(...waits, this.#holdAt ?? Infinity)
    if (next !== Infinity) this.#again((next - now) / speed)
  }

  #again(wallMs: number): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#settle(), Math.min(Math.ceil(wallMs), 60_000))
    this.#timer.unref()
  }
}
