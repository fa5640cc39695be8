import { describe, expect, test } from 'vitest'
import type { Happening, LaunchEvent } from '../../src/core/event.ts'
import { eventText } from '../../src/ui/event-text.ts'
import { wordsOf } from '../../src/ui/words.ts'
import { commit, journal, planHash } from '../support/journal-builder.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { describeStep } from '../support/views.ts'

const words = wordsOf(statusBoardPlan, describeStep)
const story = journal('2026-12-01T23:00:00Z')

function said(happening: Happening, by = 'Ada Quinn') {
  const { events } = journal('2026-12-01T23:00:00Z').as(by).add(happening)
  return events.map((event) => eventText(event, null, words))[0]
}

const rolledBack = {
  kind: 'emergency',
  reason: 'SLO breach',
  by: 'Ada Quinn',
  ackedMs: 42,
  readBackMs: 60,
  edgeMs: null,
  verified: false,
  detail: 'edge still serves 30%',
} as const

describe('an event in words', () => {
  test.each<[string, Happening, string]>([
    [
      'a step that failed',
      {
        type: 'step-failed',
        step: 'staging/build',
        attempt: 'a',
        code: 'BUILD_FAILED',
        message: 'vite: no such file',
        hint: 'npm ci, then launch build',
        ms: 14_000,
      },
      'build the artifact failed after 14s: vite: no such file [BUILD_FAILED]',
    ],
    [
      'a no-go',
      { type: 'go-decided', decision: 'no-go', note: 'pager is down', via: 'terminal' },
      'no-go decided by Ada Quinn (terminal): pager is down',
    ],
    [
      'an unproven stage',
      { type: 'stage-left', step: 'rollout/canary', percent: 30, verdict: 'unproven', why: 'promoted by Ada Quinn' },
      '30% left UNPROVEN: promoted by Ada Quinn',
    ],
    [
      'a request',
      { type: 'canary-asked', ask: 'abort', stage: 10, reason: 'wrong build' },
      'abort at 10% asked for by Ada Quinn: wrong build',
    ],
    [
      'a stage that goes on',
      { type: 'stage-resumed', step: 'rollout/canary', percent: 10, why: 'asked for by Ada Quinn' },
      'canary goes on at 10%: asked for by Ada Quinn',
    ],
    [
      'a changed plan',
      { type: 'plan-replaced', plan: planHash, commit },
      'the run sheet or the commit changed: plan 9999999, commit 1a2b3c4',
    ],
    [
      'a blocker',
      { type: 'blocker-raised', blocker: 3, severity: 'critical', text: 'cards vanish' },
      'blocker 3 (critical) raised by Ada Quinn: cards vanish',
    ],
  ])('%s', (_what, happening, text) => {
    expect(said(happening)?.text).toBe(text)
  })

  test('a rollback that failed is loud and says what to do now', () => {
    expect(
      said({
        type: 'rolled-back',
        result: { ...rolledBack, outcome: 'failed' },
        writeId: 'w',
        trigger: 'launch rollback emergency',
      }),
    ).toEqual({
      icon: 'fail',
      text: 'emergency rollback FAILED: acknowledged in 42ms, read back in 60ms, not seen at the edge, NOT verified',
      more: [
        'by Ada Quinn: SLO breach',
        'edge still serves 30%',
        'check production by hand now; launch rollback validate looks again',
      ],
    })
  })

  test('an event of a newer version is named, not hidden', () => {
    const [event] = story.add({ type: 'noted', text: '' }).events
    // What a journal of a newer version holds: this version has no type for it.
    const newer = { ...event, type: 'teleported\u0007' } as unknown as LaunchEvent

    expect(eventText(newer, null, words)?.text).toBe('an event this version does not know: teleported')
  })
})
