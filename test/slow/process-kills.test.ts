import { expect, test } from 'vitest'
import { everyPoint, killedAt, recorded, representatives, titleOf } from '../support/kill-runs.ts'

/**
 * The built binary, killed at the requests it sends. Which there are is counted from a launch that nothing happens to: one of every
 * kind here, all of them with `npm run kill-points -- --all` (hours: `--part 1/8` is an eighth of them).
 */
const requests = await recorded()
const all = process.env['LAUNCH_KILL_POINTS'] === 'all'
const [part = 1, parts = 1] = (process.env['LAUNCH_KILL_PART'] ?? '1/1').split('/').map(Number)
const everywhere = all ? everyPoint(requests) : representatives(requests)
const points = everywhere.filter((_, i) => i % parts === part - 1)
const deadline = performance.now() + Number(process.env['LAUNCH_KILL_MINUTES'] ?? 60) * 60_000

test('the recorded launch has effects of every kind', () => {
  const names = requests.filter(({ isEffect }) => isEffect).map(({ name }) => name)
  for (const wanted of ['PUT sb-prod flag 50 %', 'PUT sb-prod flag 100 %', 'PUT sb-prod pointer', 'POST invalidation'])
    expect(names).toContain(wanted)
  expect(new Set(everywhere.map(({ next }) => next)).size).toBe(3)
  expect(new Set(everywhere.map(({ phase }) => phase)).size).toBe(3)
  expect(everywhere.length).toBeGreaterThan(40)
  expect(points.length).toBeGreaterThan(0)
})

test.concurrent.for(points.map((point) => [titleOf(point), point] as const))(
  'killed at %s, a launch comes to its right end',
  { timeout: 180_000 },
  async ([, point], { skip }) => {
    if (performance.now() > deadline) skip('the minutes it was given are over')
    expect(await killedAt(point)).toEqual([])
  },
)
