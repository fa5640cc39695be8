import { describe, expect, test } from 'vitest'
import type { EventOf } from '../../src/core/event.ts'
import { hear, type GateMemory, type Telling } from '../../src/ui/gate-memory.ts'
import { canaryChecks, canaryWaiting, journal, judged, type JournalBuilder } from '../support/journal-builder.ts'

function looks(...scene: readonly ((story: JournalBuilder) => unknown)[]): readonly Telling[] {
  const story = journal('2026-12-01T23:00:00Z')
  for (const part of scene) part(story)
  const events = story.events.filter((event): event is EventOf<'gate-judged'> => event.type === 'gate-judged')
  let memory: GateMemory = {}
  return events.map((event) => {
    const heard = hear(memory, event)
    memory = heard.memory
    return heard.telling
  })
}

const stage = (checks: ReturnType<typeof canaryChecks>) => (story: JournalBuilder) =>
  story.after('30s').add(judged(story, { gate: 'canary', phase: 'rollout', stage: 10, checks }))
const good = stage(canaryChecks(400, 100, 0.001, 1))
const bad = stage(canaryChecks(900, 100, 0.001, 1))
const empty = stage(canaryWaiting())

describe('a gate that is looked at again and again', () => {
  test('is told when it first looks, first has numbers and fails, and is silent while it says the same', () => {
    expect(looks(empty, empty, good, good, bad, bad)).toEqual([
      'brief',
      'nothing',
      'whole',
      'nothing',
      'whole',
      'nothing',
    ])
  })

  test('is heard from every five minutes', () => {
    expect(
      looks(...Array.from({ length: 23 }, () => empty))
        .map((telling, index) => [index, telling])
        .filter(([, telling]) => telling !== 'nothing'),
    ).toEqual([
      [0, 'brief'],
      [10, 'brief'],
      [20, 'brief'],
    ])
  })
})

test('a phase gate that passes is told in full at once', () => {
  expect(
    looks((story) =>
      story.add(judged(story, { gate: 'staging-ready', phase: 'staging', checks: canaryChecks(400, 100, 0.001, 1) })),
    ),
  ).toEqual(['whole'])
})
