import { errorsFrom, launchWorld, served, tinyPlan, type Drive, type LaunchWorld } from './launch-world.ts'
import { faults, flagWatch, Killed, troubleAt, type Trouble } from './kill-points.ts'

const plan = tinyPlan()
export const anyCall = /./
export const writes = /\.(?:put|copy|create|swap)$/

export type Story = {
  readonly name: string
  readonly expected: string
  readonly site?: string
  readonly prepare: (world: LaunchWorld) => Drive
}
export const stories: readonly Story[] = [
  { name: 'a launch that goes well', expected: 'succeeded', prepare: () => ({}) },
  {
    name: 'a launch that is rolled back at 10 %',
    expected: 'rolled-back',
    prepare: (world) => {
      world.errorShare = (percent) => (percent > 0 ? 0.2 : 0)
      return {}
    },
  },
  {
    name: 'a launch whose verification fails at 100 %, files restored',
    expected: 'rolled-back',
    site: '<html>old</html>',
    prepare: (world) => ({ watcher: errorsFrom(world, 'verify') }),
  },
]

/** One launch with trouble at its n-th call; null when it has fewer calls. What ended without trouble's mark is resumed. */
async function launchWith(
  story: Story,
  n: number,
  trouble: Trouble,
  matching: RegExp,
): Promise<readonly string[] | null> {
  const world = await launchWorld(plan)
  const options = story.prepare(world)
  const watch = flagWatch(world)
  const { tap, happened } = troubleAt(n, trouble, matching)
  const first = await world.drive({ ...options, tap }).catch((error: unknown) => {
    if (happened() === null || !(error instanceof Error)) throw error
    return error
  })
  const call = happened()
  if (call === null) return null
  const found: string[] = []
  const ended = first instanceof Error ? first.message : first.outcome
  if (trouble !== 'killed after') {
    // A run may refuse to begin; once users see something new it may not give up over one lost answer.
    const shown = ((await world.flag())?.percent ?? 0) > 0 || (await served(world.production))['robots.txt'] !== 'old'
    if (shown && ended !== story.expected) found.push(`gave up: ${ended}`)
  } else if (!(first instanceof Killed)) found.push(`did not die: ${ended}`)
  const end = await world.drive({ ...options, resume: true })
  if (end.outcome !== story.expected) found.push(`ended ${end.outcome}: ${end.why}`)
  // Resuming what ended changes nothing.
  const events = (await world.events()).length
  if (
    (await world.drive({ ...options, resume: true })).outcome !== end.outcome ||
    (await world.events()).length !== events
  )
    found.push('not idempotent')
  found.push(...(await faults(world, end)), ...watch.violations)
  const site = (await served(world.production))['index.html']
  if (story.site !== undefined && site !== story.site) found.push(`serves ${site}`)
  return found.map((what) => `${trouble} call ${n} (${call}): ${what}`)
}

/** Trouble at every `step`-th point of a story: how many points there were, and what was wrong afterwards. */
export async function everyPoint(story: Story, trouble: Trouble, matching: RegExp, step: number) {
  const found: string[] = []
  let points = 0
  for (let n = 1; ; n += step) {
    const wrong = await launchWith(story, n, trouble, matching)
    if (wrong === null) break
    points += 1
    found.push(...wrong)
  }
  return { points, found }
}
