import { expect, test } from 'vitest'
import { productionTouched } from '../../src/core/touched.ts'
import { stepKind } from '../../src/steps/registry.ts'
import { launchWorld, tinyPlan, type LaunchWorld } from '../support/launch-world.ts'
import { changes, faults, flagWatch, Killed, troubleAt, type Trouble } from '../support/kill-points.ts'

const plan = tinyPlan()
const anyCall = /./
const writes = /\.(?:put|copy|create|swap)$/

type Story = { readonly name: string; readonly expected: string; readonly prepare: (world: LaunchWorld) => void }
const stories: readonly Story[] = [
  { name: 'a launch that goes well', expected: 'succeeded', prepare: () => {} },
  {
    name: 'a launch that is rolled back at 10 %',
    expected: 'rolled-back',
    prepare: (world) => Object.assign(world, { errorShare: (percent: number) => (percent > 0 ? 0.2 : 0) }),
  },
  {
    name: 'a launch whose verification fails at 100 %, files restored',
    expected: 'rolled-back',
    prepare: (world) => Object.assign(world, { errorShare: (percent: number) => (percent === 100 ? 0.2 : 0) }),
  },
]

/** One launch with trouble at its n-th call; null when it has fewer calls. What ended without trouble's mark is resumed. */
async function launchWith(story: Story, n: number, trouble: Trouble, matching: RegExp): Promise<readonly string[] | null> {
  const world = await launchWorld(plan)
  story.prepare(world)
  const watch = flagWatch(world)
  const { tap, happened } = troubleAt(n, trouble, matching)
  const first = await world.drive({ tap }).catch((error: unknown) => {
    if (happened() === null || !(error instanceof Error)) throw error
    return error
  })
  const call = happened()
  if (call === null) return null
  const found: string[] = []
  if (trouble !== 'killed after') {
    // A run may refuse to begin; once production changed it may not give up over one lost answer.
    const state = await world.state().catch(() => null)
    const ended = first instanceof Error ? first.message : first.outcome
    if (state && productionTouched(plan, state, stepKind) && ended !== story.expected) found.push(`gave up: ${ended}`)
  } else if (!(first instanceof Killed)) found.push(`threw ${String(first)}`)
  const end = await world.drive({ resume: true })
  if (end.outcome !== story.expected) found.push(`ended ${end.outcome}: ${end.why}`)
  // Resuming what ended changes nothing.
  const events = (await world.events()).length
  if ((await world.drive({ resume: true })).outcome !== end.outcome || (await world.events()).length !== events) found.push('not idempotent')
  found.push(...(await faults(world, end)), ...watch.violations)
  return found.map((what) => `${trouble} call ${n} (${call}): ${what}`)
}

async function everyPoint(story: Story, trouble: Trouble, matching: RegExp, step = 1) {
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

for (const story of stories) {
  test(`${story.name} ends the same when its process is killed at any change and another one resumes it`, async () => {
    const { points, found } = await everyPoint(story, 'killed after', changes)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(30)
  }, 60_000)

  test(`${story.name} ends the same when the reply to any one change is lost`, async () => {
    const { points, found } = await everyPoint(story, 'reply lost after', writes, 2)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(30)
  }, 60_000)
}

test('a launch that goes well ends the same when any one call fails', async () => {
  const [story] = stories
  if (!story) throw new Error('no story')
  const { points, found } = await everyPoint(story, 'fails before', anyCall, 7)
  expect(found).toEqual([])
  expect(points).toBeGreaterThan(30)
}, 60_000)
