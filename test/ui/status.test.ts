import { describe, expect, test } from 'vitest'
import { epochMs, version } from '../../src/core/brand.ts'
import type { FlagState } from '../../src/core/flag.ts'
import { StatusEnvelope } from '../../src/ui/envelope-schema.ts'
import { flagLine, statusEnvelope, statusLines, type StatusView } from '../../src/ui/status.ts'
import { golden } from '../support/golden.ts'
import { journal, opened } from '../support/journal-builder.ts'
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
    launch: { plan: statusBoardPlan, state, driver: state.last, changes, unresolved: [] },
    unknown: {},
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

  test('of launches that cannot be read says so, in text and as data, and not that there is none', () => {
    const seen = { ...view(), launch: null, unknown: { launch: 'access\u001B[2J denied' } }
    const input = { command: 'status', env: 'production', sandbox: false, outcome: 'unavailable', exitCode: 6 } as const

    expect(statusLines(seen, uncoloured)).toContain('launch       unknown: access denied')
    expect(statusEnvelope({ ...input, error: null }, seen)).toMatchObject({
      launch: null,
      unknown: { launch: 'access\u001B[2J denied' },
    })
  })

  test('names first what a step that must not run twice waits for', () => {
    const { launch, ...rest } = view()
    if (!launch) throw new Error('no launch')
    const unresolved = [{ step: 'staging/build', at: epochMs(rest.now - 240_000) }]
    const next = statusLines({ ...rest, launch: { ...launch, unresolved } }, uncoloured).filter((line) =>
      line.startsWith('next'),
    )

    expect(next[0]).toMatch(
      /staging\/build began 4m ago, .*must not run twice: .*launch resolve staging\/build --did-run or --did-not-run$/,
    )
    expect(next.length).toBeGreaterThan(1)
  })

  describe('of a flag that somebody latched off', () => {
    const latch = {
      ...flag,
      percent: 0,
      latched: true,
      updatedBy: 'Eve',
      updatedAt: epochMs(0),
      reason: 'empty boards',
    }
    const reading = { status: 'present', flag: latch, version: version('e') } as const
    const since = 'the flag is latched off since 1970-01-01 00:00:00Z by Eve (empty boards): '
    const next = (seen: Partial<StatusView>) =>
      statusLines({ ...view(), flag: reading, ...seen }, uncoloured)
        .filter((line) => line.startsWith('next'))
        .map((line) => line.replace(/^next +/, ''))
    const launchOf = (acks: readonly string[]) => {
      const state = { ...stateOf(journal('2026-12-01T20:00:00Z').add(opened()).events), acks }
      return { plan: statusBoardPlan, state, driver: state.last, changes: [], unresolved: [] }
    }

    test('says what the next launch needs where none is open', () => {
      expect(next({ launch: null })).toEqual([`${since}launch auto --ack-rollback starts a launch that goes over it`])
    })

    test('asks an open launch for no sign-offs: it stops before production', () => {
      expect(next({ launch: launchOf([]) })).toEqual([
        `${since}this launch stops before production; launch auto --ack-rollback starts one that goes over it, with sign-offs of its own`,
      ])
    })

    test('says that a launch whose version users had ends rolled back', () => {
      expect(next({})).toEqual([`${since}launch resume ends this launch; a new one needs --ack-rollback`])
    })

    test('says nothing where the launch was opened to go over it', () => {
      expect(next({ launch: launchOf([latch.writeId]) })[0]).toMatch(/^sign-offs missing/)
    })

    test('of another environment than production says nothing of launches', () => {
      expect(next({ launch: launchOf([]), env: 'staging' })[0]).toMatch(/^sign-offs missing/)
    })
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
