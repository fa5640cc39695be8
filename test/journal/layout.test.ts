import { expect, test } from 'vitest'
import { launchId } from '../../src/core/brand.ts'
import { activeOf, layout } from '../../src/journal/layout.ts'
import { isStateKey } from '../../src/journal/state-key.ts'

test('everything of an application and environment lies under one prefix, events in their order', () => {
  const paths = layout('statusboard', 'production')
  expect(paths.active).toBe('v1/statusboard/production/active.json')
  expect(paths.event(launchId('01J'), 42)).toBe('v1/statusboard/production/launches/01J/events/00000042.json')
  expect(paths.plan(launchId('01J'))).toBe('v1/statusboard/production/launches/01J/plan.json')
})

test.each(['..', '.', '', 'a/../b', 'Ünïcode app', '../../etc', 'a\u0000b'])(
  'an application called %j stays in its place',
  (name) => {
    const key = layout(name, name).active
    expect(isStateKey(key)).toBe(true)
    expect(key.split('/')).toHaveLength(4)
  },
)

test.each([
  ['Ünïcode app', '-n-code-app'],
  ['..', '_..'],
  ['', '_'],
  ['.hidden', '.hidden'],
  ['v1.', 'v1.'],
])('an application called %j is found under %s', (name, folder) => {
  expect(layout(name, 'p').launches).toBe(`v1/${folder}/p/launches/`)
})

test.each(['', 'null', '[]', '{"launch":5,"epoch":1}', '{"launch":"x"}', 'x'])(
  'an active.json of %j is called corrupt',
  (body) => {
    expect(() => activeOf(body)).toThrow(
      expect.objectContaining({ code: 'JOURNAL_CORRUPT', message: 'active.json names no launch' }),
    )
  },
)
