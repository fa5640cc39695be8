import { describe, expect, test } from 'vitest'
import { epochMs, version } from '../../src/core/brand.ts'
import type { FlagState } from '../../src/core/flag.ts'
import { StatusEnvelope } from '../../src/ui/envelope-schema.ts'
import { flagLine, statusEnvelope, statusLines, type StatusView } from '../../src/ui/status.ts'
import { golden } from '../support/golden.ts'
import { heldAt10, rolledBackAt30 } from '../support/launch-stories.ts'
import { statusBoardPlan } from '../support/status-board-plan.ts'
import { coloured, stateOf, uncoloured } from '../support/views.ts'

const flag: FlagState = {
  key: 'status-board-v2',
  percent: 30,
  serial: 1_764_612_345_678,
  writeId: 'w',
  latched: false,
  acks: [],
  launch: null,
  updatedAt: epochMs(0),
  updatedBy: 'Ada',
  reason: '',
}

const cached = ' [x-cache: Hit from cloudfront; age: 13]'
const changes = [
  { percent: 10, latched: false, ackedMs: 80, edgeMs: 3200 },
  {
    percent: 30,
    latched: false,
    ackedMs: 90,
    edgeMs: 14_000,
    late: { percent: 30, servedMs: 13_000, budgetMs: 10_000, headers: cached },
  },
]

function view(state = stateOf(heldAt10().events)): StatusView {
  return {
    env: 'production',
    now: epochMs(state.last.at + 400_000),
    release: { current: '1.6.0-1a2b3c4', previous: '1.5.2-9f8e7d6' },
    flagKey: 'status-board-v2',
    flag: { status: 'present', flag, version: version('e') },
    launch: { plan: statusBoardPlan, state, changes },
    health: [
      { url: 'https://sb.example/api/health', ok: true, status: 200, detail: '200 in 45ms' },
      { url: 'https://sb.example/', ok: false, status: 503, detail: '503 in 12ms' },
    ],
  }
}

describe('launch status', () => {
  test('of a held canary that nobody drives reads like this', () => {
    const text = `${statusLines(view(), uncoloured).join('\n')}\n`
    expect(text).toBe(golden(new URL('golden/status-held.txt', import.meta.url), text))
  })

  test('has one plain flag line to grep, whatever the colours', () => {
    const lines = statusLines(view(), coloured).filter((line) => line.startsWith('flag '))

    expect(lines).toEqual(['flag status-board-v2 30% serial 1764612345678 not latched'])
  })

  test('says how long each change of the flag took to reach users, and the cache headers of one that took too long', () => {
    expect(statusLines(view(), uncoloured).join('\n')).toMatch(
      /^reached +10% in 3\.2s, 30% in 14s, more than the 10s allowed \[x-cache: Hit from cloudfront; age: 13\]$/m,
    )
  })

  test('says who is held back and how many users are named', () => {
    const audience = { include: ['ada'], exclude: ['eve', 'mallory'], holdbackPercent: 2 }
    const reading = { status: 'present', flag: { ...flag, percent: 100, audience }, version: version('e') } as const
    expect(flagLine({ flagKey: 'f', flag: reading })).toBe(
      'flag f 100% (2% held back, 1 included, 2 excluded) serial 1764612345678 not latched',
    )
  })

  test('says who latched the flag and why, or why it cannot be read', () => {
    expect(
      flagLine({
        flagKey: 'f',
        flag: {
          status: 'present',
          flag: { ...flag, percent: 0, latched: true, reason: 'SLO\u001B[2J breach' },
          version: version('e'),
        },
      }),
    ).toBe('flag f 0% serial 1764612345678 latched by Ada: SLO breach')
    expect(flagLine({ flagKey: 'f', flag: { status: 'absent' } })).toBe(
      'flag f absent: everybody gets the default, off',
    )
    expect(flagLine({ flagKey: 'f', flag: { status: 'unreadable', why: 'access denied' } })).toBe(
      'flag f unknown: access denied',
    )
  })

  test('of a launch that was rolled back says what the next one needs', () => {
    expect(statusLines(view(stateOf(rolledBackAt30().events)), uncoloured).at(-1)).toContain('--ack-rollback')
  })

  test('without a launch still shows release, flag and health', () => {
    const lines = statusLines({ ...view(), launch: null }, uncoloured)
    expect(lines).toContain('launch       none is open')
  })

  test('as JSON fits its schema', () => {
    const document = statusEnvelope(
      { command: 'status', env: 'production', sandbox: false, outcome: 'succeeded', exitCode: 0, error: null },
      view(),
    )

    expect(StatusEnvelope.parse(document)).toEqual(document)
    expect(document.launch).toMatchObject({
      phase: 'rollout',
      state: 'held at 10%',
      driver: 'Sam Lee <sam@example.com>',
      idleMs: 400_000,
    })
  })
})
