import { playMinute, type Play, type TrafficMinute } from './traffic.ts'
import { splitUsers } from './user-split.ts'

/** Played minutes, remembered: a minute changes only with the flag history inside it, and the oldest are forgotten first. */
export type MinuteCache = (play: Play, start: number) => TrafficMinute

/** Enough for a day and a half of one site. */
const defaultLimit = 2048

type Remembered = {
  readonly minute: TrafficMinute
  readonly split: string
  /** The play that was last found to give this split; the same play need not be asked again. */
  checkedFor: Play
}

/** For one world: seed and scenario are not part of the key. `limit` is a number of minutes per site. */
export function minuteCache(limit = defaultLimit): MinuteCache {
  const sites = new Map<string, Map<number, Remembered>>()
  return (play, start) => {
    const minutes = sites.get(play.environment) ?? new Map<number, Remembered>()
    sites.set(play.environment, minutes)
    const known = minutes.get(start)
    if (known?.checkedFor === play) return known.minute
    const split = JSON.stringify(splitUsers(play.exposure, play.scenario, start))
    if (known?.split === split) {
      known.checkedFor = play
      return known.minute
    }
    const minute = playMinute(play, start)
    if (minutes.size >= limit) minutes.delete(minutes.keys().next().value ?? start)
    minutes.set(start, { minute, split, checkedFor: play })
    return minute
  }
}
