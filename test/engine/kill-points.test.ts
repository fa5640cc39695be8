import { expect, test } from 'vitest'
import { changes } from '../support/kill-points.ts'
import { anyCall, everyPoint, stories, writes } from '../support/kill-stories.ts'

for (const story of stories) {
  test(`${story.name} ends the same when its process is killed at a change and another one resumes it`, async () => {
    const { points, found } = await everyPoint(story, 'killed after', changes, 9)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(4)
  }, 120_000)

  test(`${story.name} ends the same when the reply to a change is lost`, async () => {
    const { points, found } = await everyPoint(story, 'reply lost after', writes, 11)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(4)
  }, 120_000)

  test(`${story.name} ends the same when a call fails once`, async () => {
    const { points, found } = await everyPoint(story, 'fails before', anyCall, 53)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(4)
  }, 120_000)
}
