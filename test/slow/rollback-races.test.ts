import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startMoto, type Moto } from '../support/moto.ts'
import { motoWorld, raceInSandbox, undisturbedMs, type MotoWorld, type Race } from '../support/races.ts'
import { lacks } from '../support/waive.ts'

/**
 * A launch and an emergency rollback at once, as real processes; the moments are seeded, the machine's speed is not. More of them:
 * `LAUNCH_RACES=100 npx vitest run --config vitest.slow.config.ts test/slow/rollback-races.test.ts`.
 */
const races = Number(process.env['LAUNCH_RACES'] ?? 8)
const motoRaces = Math.ceil(races / 4)
/** Shares of an undisturbed launch, spread over it and a little beyond, no two alike. */
const moments = (count: number) =>
  Array.from({ length: count }, (_, n) => {
    const share = ((n * 0.618_033_988_75 + 0.31) % 1) * 1.1
    return { share, percent: Math.round(1000 * share) / 10 }
  })
const ends = new Map<number | null, number>()
const count = ({ launchEnds }: Race) => ends.set(launchEnds, (ends.get(launchEnds) ?? 0) + 1)

describe('in the sandbox', () => {
  let wholeMs = 0
  beforeAll(async () => {
    wholeMs = await undisturbedMs()
  })
  afterAll(() => {
    const text = [...ends].map(([end, times]) => `${times} × exit ${end}`).join(', ')
    process.stderr.write(`races: ${text}\n`)
  })

  test.concurrent.each(moments(races))(
    'a rollback after $percent % of a launch holds',
    async ({ share }) => {
      const race = await raceInSandbox(share * wholeMs)
      count(race)
      expect(race.wrong).toEqual([])
    },
    180_000,
  )
})

describe.skipIf(await lacks('moto'))('on moto', () => {
  let moto: Moto
  let world: MotoWorld
  beforeAll(async () => {
    const started = await startMoto()
    if (!started) throw new Error('moto did not start')
    moto = started
    world = await motoWorld(moto)
  }, 90_000)
  afterAll(async () => {
    await world?.[Symbol.asyncDispose]()
    await moto?.[Symbol.asyncDispose]()
  })

  test.each(moments(motoRaces))(
    'a rollback after $percent % of a launch holds',
    async ({ share }) => {
      const race = await world.race(2000 + share * 9000)
      count(race)
      expect(race.wrong).toEqual([])
    },
    180_000,
  )
})
