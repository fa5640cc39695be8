import { describe, expect, test } from 'vitest'
import { LaunchError } from '../../src/core/errors.ts'
import { Envelope, RunEnvelope } from '../../src/ui/envelope-schema.ts'
import { envelope, flagOf, runEnvelope } from '../../src/ui/envelope.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import { healthyLaunch, heldAt10, rolledBackAt30, rolledBackElsewhere } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import type { FlagReading } from '../../src/core/flag.ts'
import { flagAt } from '../support/core-launch.ts'
import { autoSucceeded, stateOf } from '../support/views.ts'

function ofRun(events: readonly LaunchEvent[], reading: FlagReading | null = null) {
  return runEnvelope({
    ...autoSucceeded,
    state: stateOf(events),
    plan: statusBoardPlan,
    events,
    report: null,
    durationMs: 1,
    reading,
  })
}

describe('the envelope', () => {
  test.each([
    ['healthy', healthyLaunch],
    ['held', heldAt10],
    ['rolled back', rolledBackAt30],
    ['rolled back elsewhere', rolledBackElsewhere],
  ])('of a %s launch fits its schema, every prefix of its journal too', (_name, story) => {
    const { events } = story()
    for (let n = 1; n <= events.length; n += 1) {
      const document = ofRun(events.slice(0, n))
      // Nothing is lost in parsing: the document has no field the schema does not know.
      expect(RunEnvelope.parse(document)).toEqual(document)
    }
  })

  test('says where the flag stands in the store, not where this launch left it, unless it set it later', () => {
    const opened = healthyLaunch().events.slice(0, 3)
    expect(ofRun(opened, flagAt(30, { launch: 'other', serial: 7 })).flag).toMatchObject({ percent: 30, serial: 7 })
    expect(ofRun(opened, { status: 'absent' }).flag).toMatchObject({ percent: 0, latched: false, serial: null })
    const at100 = healthyLaunch().events
    expect(ofRun(at100, flagAt(10, { serial: 1 })).flag).toMatchObject({ percent: 100 })
  })

  test('carries a rollback with its times, and the flag off and latched', () => {
    const document = ofRun(rolledBackAt30().events)

    expect(document.flag).toMatchObject({ key: 'status-board-v2', percent: 0, latched: true })
    expect(document.rollbacks).toEqual([
      {
        kind: 'emergency',
        reason: 'board-load p95 < 800ms failed at 30%: 1,234ms',
        by: 'Jesus Ortiz <jesus@sb.example>',
        outcome: 'restored',
        detail: '',
        ackedMs: 42,
        readBackMs: 65,
        edgeMs: 1180,
        verified: true,
        journaled: true,
      },
    ])
    expect(document.stages.map(({ percent, verdict }) => [percent, verdict])).toEqual([
      [10, 'pass'],
      [30, 'fail'],
    ])
    expect(document.release).toEqual({
      id: '1.6.0-1a2b3c4',
      version: '1.6.0',
      commit: '1a2b3c4d5e6f7a8b9c0d1a2b3c4d5e6f7a8b9c0d',
      previous: '1.5.2-9f8e7d6',
    })
  })

  test('has the last verdict of every gate, with numbers', () => {
    const gate = ofRun(rolledBackAt30().events).gates.find(({ id }) => id === 'rollout/canary@30')

    expect(gate).toMatchObject({ phase: 'rollout', verdict: 'fail', at: '2026-12-01T23:31:50Z' })
    expect(gate?.checks[0]).toEqual({
      id: 'board-load-p95',
      kind: 'percentile',
      verdict: 'fail',
      observed: 1234.4,
      limit: 800,
      unit: 'ms',
      samples: 4210,
      why: '9.3% of loads take 800ms or longer, 5% may',
    })
  })

  test('lists every phase of the plan, the ones not reached too', () => {
    expect(ofRun(heldAt10().events).phases.map(({ id, verdict }) => [id, verdict])).toEqual([
      ['preconditions', 'pass'],
      ['staging', 'pass'],
      ['rollout', null],
      ['full', null],
      ['closeout', null],
    ])
  })

  test('names the place of an error and nothing of its source', () => {
    const error = new LaunchError('RUNSHEET_INVALID', '"800" has no unit', {
      hint: 'write 800ms',
      at: { file: 'runsheet.yaml', line: 41, col: 34, source: 'below: 800' },
    })

    const document = envelope({
      command: 'validate',
      env: null,
      sandbox: false,
      outcome: error.outcome,
      exitCode: error.exitCode,
      error,
    })

    expect(Envelope.parse(document)).toEqual({
      schema: 1,
      command: 'validate',
      env: null,
      sandbox: false,
      outcome: 'invalid',
      exitCode: 2,
      error: {
        code: 'RUNSHEET_INVALID',
        message: '"800" has no unit',
        hint: 'write 800ms',
        at: { file: 'runsheet.yaml', line: 41, col: 34 },
      },
    })
  })

  test('names the release that was tried when its deploy broke and was rolled back, and none when nothing was changed', () => {
    const told = (code: string) =>
      healthyLaunch().events.flatMap((event): LaunchEvent[] => {
        if (event.type !== 'step-done' || event.step !== 'rollout/deploy') return [event]
        const { schema, launch, n, id, at, actor, prev, step, attempt } = event
        const head = { schema, launch, n, id, at, actor, prev }
        return [{ ...head, type: 'step-failed', step, attempt, code, message: 'broken', hint: '', ms: 1 }]
      })

    expect(ofRun(told('DEPLOY_BROKEN')).release).toMatchObject({ id: `r-${'a'.repeat(12)}`, previous: null })
    expect(ofRun(told('ARTIFACT_INVALID')).release).toMatchObject({ id: null })
  })

  test('a rollback that failed leaves the flag where it was last known', () => {
    const events = rolledBackAt30().events.map((event) =>
      event.type === 'rolled-back' ? { ...event, result: { ...event.result, outcome: 'failed' as const } } : event,
    )

    expect(flagOf(events)).toMatchObject({ percent: 30, latched: false })
  })
})
