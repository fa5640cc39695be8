import { expect, test } from 'vitest'
import { audienceText, exposedPercent } from '../../src/core/audience.ts'

const nobody = { include: [], exclude: [], holdbackPercent: 0 }

test('a flag shows the new version to no more than those who are not held back', () => {
  const held = { ...nobody, holdbackPercent: 2.5 }
  expect([0, 10, 97.5, 100].map((percent) => exposedPercent(percent, held))).toEqual([0, 10, 97.5, 97.5])
  expect(exposedPercent(100, { ...nobody, holdbackPercent: 33.33 })).toBe(66.67)
  expect(exposedPercent(100, undefined)).toBe(100)
})

test('whom the share does not deal is told behind it, and nothing where there is nobody', () => {
  expect(audienceText(100, undefined)).toBe('')
  expect(audienceText(100, nobody)).toBe('')
  const audience = { include: ['ana', 'ben'], exclude: ['bot'], holdbackPercent: 2.5 }
  expect(audienceText(100, audience)).toBe(' (2.5% held back, 2 included, 1 excluded)')
  expect(audienceText(98, audience)).toBe(' (0.5% held back, 2 included, 1 excluded)')
  // At 10 % nobody would have it who is held back.
  expect(audienceText(10, { ...audience, include: [] })).toBe(' (1 excluded)')
  expect(audienceText(10, { ...audience, exclude: [] })).toBe(' (2 included)')
})
