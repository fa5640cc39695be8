import { expect, test } from 'vitest'
import { Pace } from '../../src/aws/pace.ts'

const limits = { first: 4, least: 2, most: 8 }

test('no more requests are under way than there are places, and every one gets its turn', async () => {
  const pace = new Pace(limits, () => 0)
  let [now, most, done] = [0, 0, 0]
  const work = async () => {
    most = Math.max(most, (now += 1))
    await new Promise((resolve) => setImmediate(resolve))
    now -= 1
    done += 1
  }
  await Promise.all(Array.from({ length: 50 }, () => pace.run(work)))
  expect([most, done]).toEqual([4, 50])
})

test('answers make places up to the most, a refusal halves them once per moment, never below the least', () => {
  let at = 1000
  const pace = new Pace(limits, () => at)
  for (let n = 0; n < 100; n += 1) pace.answered()
  expect(pace.limit).toBe(8)
  for (let n = 0; n < 5; n += 1) pace.slowedDown()
  expect(pace.limit).toBe(4)
  at += 1000
  pace.slowedDown()
  at += 1000
  pace.slowedDown()
  expect(pace.limit).toBe(2)
  pace.answered()
  expect(pace.limit).toBe(2.5)
})

test('work that fails gives its place back', async () => {
  const pace = new Pace({ first: 1, least: 1, most: 1 }, () => 0)
  await expect(pace.run(() => Promise.reject(new Error('no')))).rejects.toThrow('no')
  expect(await pace.run(async () => 'yes')).toBe('yes')
})
