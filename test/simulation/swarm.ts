import type { Prng } from './prng.ts'
import type { SheetKind } from './sheet.ts'

/** What can happen to one request on its way. */
export const wireFaults = [
  'unreachable',
  'unavailable',
  'throttled',
  'reply lost',
  'late apply',
  'duplicate',
  'own 412',
  'conflict 409',
] as const
export type WireFault = (typeof wireFaults)[number]

export const services = ['state', 'site', 'staging', 'edge', 'metrics'] as const
export type Service = (typeof services)[number]

/** `writesOnly`: it answers whoever reads, and takes nothing (a right that was taken away, no space). */
export type Blackout = {
  readonly service: Service
  readonly fromMs: number
  readonly toMs: number
  readonly writesOnly?: boolean
}

/** Where a death or a pause matters most: between a read and the write it leads to, between an effect and its record. */
const criticalCalls = [null, 'get site/flags', 'put site/flags', 'put state', 'get state'] as const

/** How one seed's world is bad: every seed draws which faults are on and how strong they are. Times in virtual ms. */
export type Swarm = {
  readonly latencyMs: number
  /** Per request. */
  readonly faults: { readonly [F in WireFault]: number }
  /** Per answer that reaches a process: it dies there, or stands still for a while. */
  readonly crash: number
  readonly pause: number
  readonly pauseMs: number
  /** The kind of call after which it is much more likely to. */
  readonly critical: (typeof criticalCalls)[number]
  /** Share of processes whose every answer takes ten to sixty times as long. */
  readonly slow: number
  readonly blackouts: readonly Blackout[]
  readonly skewMs: number
  readonly clockJumps: number
  /** Share of gate looks for which the metrics have nothing. */
  readonly metricsUnknown: number
  readonly noTraffic: { readonly fromMs: number; readonly toMs: number } | null
  /** From which share of users on the new version of a commit fails; null: it is good. */
  readonly badFrom: { readonly [commit: string]: number | null }
  /** Until when the old version fails by itself; null: it never does. */
  readonly oldBadUntilMs: number | null
  /** Share of launches that break only some time after 100 %. */
  readonly lateBadMs: number | null
  readonly sheet: SheetKind
  readonly launches: number
  readonly attachers: number
  readonly resumers: number
  readonly emergencies: number
  /** Share of raises around whose very moment somebody turns the flag off. */
  readonly emergencyAtRaise: number
  readonly fulls: number
  readonly captainAsks: number
  /** Share of fails that cross with a request to promote. */
  readonly promoteAtFail: number
  readonly signals: number
  /** Chance that another launch is opened over the open one, at any look and at the moment of a raise. */
  readonly supersede: number
  /** Share of raises before which the driver stands still for minutes, perhaps while another launch is opened. */
  readonly freezeAtRaise: number
  /** Share of breaches at whose very moment the journal goes away for a while. */
  readonly darkAtBreach: number
  /** Share of the others, and of raises, at which the journal can still be read for a while and takes nothing. */
  readonly readOnly: number
  readonly supersedeAtRaise: number
  readonly guided: number
  readonly leaveHeld: number
  readonly noSayer: number
  readonly absent: number
  /** People who run one command of the launch: one step, one phase's gate. */
  readonly singles: number
  /** Chance that a rollback that could not be journaled is told to the journal later, by its own id. */
  readonly tellsLater: number
  /** Share of remarks that are too long for one event. */
  readonly longRemarks: number
  /** People who look what an interrupted command did, and say so. */
  readonly resolvers: number
  /** Chance that a key that met a 409 meets another one at the next try: what is under way there goes on for a while. */
  readonly stubborn: number
  /** Share of rollbacks after which the machine they were called on stands still for minutes before it tells anybody. */
  readonly lateToTell: number
  /** Machines of drivers that fall asleep, and lose their way to the journal for a while before and after. */
  readonly naps: number
  /** Machines have disks that keep what the journal could not be told; null: they keep nothing. */
  readonly disk: {
    /** The launches themselves are kept on one as well, and everybody works on that machine. */
    readonly folder: boolean
    /** Per write: no space is left. Per read and sync: the disk fails. */
    readonly full: number
    readonly failed: number
    /** `launch journal flush` in passing. */
    readonly flushers: number
  } | null
}

const minute = 60_000

/** `more` draws what was added later: the worlds without it stay what they were. */
export function drawSwarm(random: Prng, more: Prng): Swarm {
  /** Off in most seeds, strong in some: faults that are always on a little hide each other. */
  const maybe = (share: number, most: number) => (random.chance(share) ? random.unit() * most : 0)
  const strength = random.pick([0, 0.02, 0.08, 0.2])
  const faults = Object.fromEntries(
    wireFaults.map((fault) => [fault, random.chance(0.5) ? random.unit() * strength : 0]),
    // One entry for every name in the list.
  ) as Swarm['faults']
  const blackouts = Array.from({ length: random.chance(0.35) ? random.int(1, 3) : 0 }, () => {
    const fromMs = random.int(0, 12 * minute)
    return { service: random.pick(services), fromMs, toMs: fromMs + random.pick([20_000, 2 * minute, 13 * minute]) }
  })
  const bad = () => random.pick([null, null, null, 10, 50, 100])
  const noTrafficFrom = random.int(0, 8 * minute)
  const hasMore = more.chance(0.4)
  const later = <T>(none: T, some: T): T => (hasMore && more.chance(0.5) ? some : none)
  const sheet = later<SheetKind | null>(null, more.pick(['window', 'split', 'split', 'looks']))
  const swarm = {
    latencyMs: random.pick([5, 40, 300]),
    faults,
    crash: maybe(0.5, 0.01),
    pause: maybe(0.6, 0.01),
    pauseMs: random.pick([2000, 30_000, 4 * minute]),
    critical: random.pick(criticalCalls),
    slow: random.pick([0, 0, 0.3]),
    blackouts,
    skewMs: random.pick([0, 0, 1500, 20_000]),
    clockJumps: random.pick([0, 0, 0, 2]),
    metricsUnknown: maybe(0.3, 0.6),
    noTraffic: random.chance(0.15) ? { fromMs: noTrafficFrom, toMs: noTrafficFrom + random.int(1, 12) * minute } : null,
    badFrom: { a: bad(), b: bad() },
    lateBadMs: random.chance(0.12) ? random.int(0, 2) * minute : null,
    sheet: random.pick(['short', 'short', 'short', 'whole', 'rollback', 'unproven', 'once', 'hold']),
    launches: random.pick([1, 1, 1, 2, 3]),
    attachers: random.pick([0, 0, 0, 1, 2]),
    resumers: random.pick([0, 0, 1, 1, 4]),
    emergencies: random.pick([0, 0, 1, 2]),
    emergencyAtRaise: random.pick([0, 0, 0.15, 0.4]),
    fulls: random.pick([0, 0, 0, 1]),
    captainAsks: random.pick([0, 0, 1, 4]),
    promoteAtFail: random.pick([0, 0, 0.3]),
    signals: random.pick([0, 0, 1]),
    supersedeAtRaise: random.pick([0, 0, 0, 0.1, 0.3]),
    freezeAtRaise: random.pick([0, 0, 0.5]),
    darkAtBreach: random.pick([0, 0, 0.5]),
    supersede: random.pick([0, 0, 0, 0.05]),
    guided: random.pick([0, 0, 0.4]),
    leaveHeld: random.pick([0, 0.3]),
    noSayer: random.pick([0, 0, 0, 0.05]),
    absent: random.pick([0, 0, 0.1]),
    singles: later(0, more.int(1, 4)),
    tellsLater: later(0, 0.8),
    longRemarks: later(0, 0.4),
    resolvers: later(0, 3),
    oldBadUntilMs: later<number | null>(null, more.int(0, 14) * minute),
    disk: more.chance(0.3)
      ? {
          folder: more.chance(0.5),
          full: more.pick([0, 0, 0.03]),
          failed: more.pick([0, 0, 0.01]),
          flushers: more.int(0, 3),
        }
      : null,
    stubborn: more.chance(0.25) ? 0.85 : 0,
    lateToTell: more.chance(0.25) ? 0.7 : 0,
    naps: more.chance(0.25) ? more.int(1, 4) : 0,
    readOnly: more.chance(0.2) ? 0.6 : 0,
  } satisfies Swarm
  // What is told late matters to whoever went on meanwhile.
  const launches = swarm.lateToTell > 0 ? Math.max(2, swarm.launches) : swarm.launches
  return { ...swarm, launches, ...(sheet && { sheet }) }
}

/** A swarm in which nothing goes wrong any more: what was begun has to come to its end. */
export function healed(swarm: Swarm): Swarm {
  const none = Object.fromEntries(wireFaults.map((fault) => [fault, 0])) as Swarm['faults']
  return {
    ...swarm,
    faults: none,
    crash: 0,
    pause: 0,
    blackouts: [],
    metricsUnknown: 0,
    noTraffic: null,
    oldBadUntilMs: null,
    disk: swarm.disk && { ...swarm.disk, full: 0, failed: 0 },
    noSayer: 0,
    absent: 0,
    stubborn: 0,
    slow: 0,
    critical: null,
    launches: 0,
    freezeAtRaise: 0,
    darkAtBreach: 0,
    readOnly: 0,
    promoteAtFail: 0,
    emergencyAtRaise: 0,
    supersedeAtRaise: 0,
  }
}
