import { Random } from './random.ts'
import type { Scenario } from './scenarios.ts'
import { views, type SeenMinute } from './view.ts'
import { stages, World, type WorldMinute } from './world.ts'

export type Outcome = {
  readonly end: 'promoted' | 'unproven' | 'rolled-back' | 'held'
  readonly minutes: number
  /** Minutes since the regression began; null when it had not, or there is none. */
  readonly sinceOnset: number | null
  /** Requests the canary served while it was bad. */
  readonly exposed: number
  readonly why: string
}

/** What a method says after each minute. */
export type Saying = 'go-on' | 'next-stage' | 'next-stage-unproven' | 'rollback' | 'hold'

/** A way to decide. `see` gives a minute as it is visible now, again when more of it became visible. */
export type Method = {
  readonly name: string
  readonly needsValues: boolean
  start(): Judging
}
export type Judging = {
  see(minute: number, seen: SeenMinute, whole: WorldMinute): void
  /** After minute `now` − 1, in the stage that began at the last of `begun`. */
  say(now: number, begun: readonly number[]): { readonly saying: Saying; readonly why: string }
}

const longest = 400

export function rollOut(method: Method, scenario: Scenario, rpm: number, ...seeds: readonly number[]): Outcome {
  const random = new Random(...seeds)
  const world = new World(random, scenario, rpm, method.needsValues)
  const judging = method.start()
  const begun = [0]
  const recent: { minute: number; views: readonly SeenMinute[]; whole: WorldMinute }[] = []
  let exposed = 0
  let onset = -1
  let unproven = false
  for (let t = 0; t < longest; t++) {
    const whole = world.next(begun.length - 1)
    if (whole.bad && onset < 0) onset = t
    if (whole.bad) exposed += whole.canary.n
    recent.push({ minute: t, views: views(whole, scenario.delay === true, random), whole })
    for (const one of recent) {
      const seen = one.views[t - one.minute]
      if (seen) judging.see(one.minute, seen, one.whole)
    }
    if (recent.length > 3) recent.shift()
    const { saying, why } = judging.say(t + 1, begun)
    const end = (kind: Outcome['end']): Outcome => ({
      end: kind,
      minutes: t + 1,
      sinceOnset: onset < 0 ? null : t + 1 - onset,
      exposed,
      why,
    })
    if (saying === 'rollback') return end('rolled-back')
    if (saying === 'hold') return end('held')
    if (saying === 'go-on') continue
    unproven ||= saying === 'next-stage-unproven'
    if (begun.length === stages.length) return end(unproven ? 'unproven' : 'promoted')
    begun.push(t + 1)
  }
  return { end: 'held', minutes: longest, sinceOnset: null, exposed, why: 'longest' }
}
