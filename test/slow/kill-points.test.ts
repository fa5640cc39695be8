import { expect, test } from 'vitest'
import { changes } from '../support/kill-points.ts'
import { anyCall, everyPoint, stories, writes } from '../support/kill-stories.ts'

for (const story of stories) {
  test(`${story.name} ends the same when its process is killed at any change and another one resumes it`, async () => {
    const { points, found } = await everyPoint(story, 'killed after', changes, 1)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(40)
  }, 120_000)

  test(`${story.name} ends the same when the reply to any change is lost`, async () => {
    const { points, found } = await everyPoint(story, 'reply lost after', writes, 1)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(40)
  }, 120_000)

  test(`${story.name} ends the same when any call fails once`, async () => {
    const { points, found } = await everyPoint(story, 'fails before', anyCall, 1)
    expect(found).toEqual([])
    expect(points).toBeGreaterThan(40)
  }, 120_000)
}
