import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { envelope } from '../../src/ui/envelope.ts'
import { safeJson } from '../../src/ui/json.ts'
import { jsonl } from '../../src/ui/jsonl.ts'
import { healthyLaunch } from '../support/launch-stories.ts'
import { autoSucceeded, reported } from '../support/views.ts'
import { forbiddenIn } from '../support/forbidden.ts'

const end = envelope(autoSucceeded)

test('the stream opens with its version and then has every event as it was journaled', () => {
  const { events } = healthyLaunch()

  const [version, ...lines] = reported(jsonl, events, end).trimEnd().split('\n')

  expect(version).toBe('{"type":"version","schema":1}')
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual(events)
})

test('a run without events still says which version it speaks', () => {
  expect(reported(jsonl, [], end)).toBe('{"type":"version","schema":1}\n')
})

test('JSON reads back as it was and puts no control character on a terminal', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const json = safeJson({ text })
      const back: unknown = JSON.parse(json)
      expect(isDeepStrictEqual(back, { text }) ? forbiddenIn(json).length : 'another value').toBe(0)
    }),
  )
})
