import { describe, expect, test } from 'vitest'
import { epochMs, launchId, sha256Hex, version } from '../../src/core/brand.ts'
import type { Need, Series } from '../../src/core/evidence.ts'
import { pass } from '../../src/core/verdict.ts'
import { explainLines, type ExplainView } from '../../src/ui/explain.ts'
import { pointRows, pointsOf, pointsText } from '../../src/ui/explain-points.ts'
import { findingText } from '../../src/ui/finding-text.ts'
import { uncoloured } from '../support/views.ts'

const minute = 60_000
const at = (minutes: number) => epochMs(Date.UTC(2026, 11, 2) + minutes * minute)
const point = (start: number, count: number) => ({ start: at(start), count, sum: count * 2, over: null })

/** One sample more each minute, from five minutes before midnight to five after. */
const series: Series = {
  periodMs: minute,
  lagMs: 2 * minute,
  query: 'Demo Requests',
  minutes: { canary: Array.from({ length: 10 }, (_, i) => point(i - 5, i + 1)) },
  alive: null,
}

describe('the points of a check', () => {
  const window = { from: at(0), to: at(5) }

  test('are told apart: settled inside the window, earlier, not settled', () => {
    const [points] = pointsOf({ need: 'series', metric: 'requests' }, series, window, null)

    // The last two of five minutes are younger than the metric's lag.
    expect(points?.used.map(({ count }) => count)).toEqual([6, 7, 8])
    expect(points?.earlier).toHaveLength(5)
    expect(points?.unsettled.map(({ count }) => count)).toEqual([9, 10])
    expect(points && pointsText(points)).toBe(
      'requests canary: 3 of 3 periods 00:00:00Z to 00:03:00Z; 5 earlier; 2 not settled yet',
    )
  })

  test('follow the window the check names for itself', () => {
    const [points] = pointsOf({ need: 'series', metric: 'requests' }, series, window, { from: at(-2), to: at(3) })

    expect(points?.used.map(({ count }) => count)).toEqual([4, 5, 6, 7, 8])
  })

  test('are rows with what became of each', () => {
    const [points] = pointsOf({ need: 'series', metric: 'requests' }, series, { from: at(2), to: at(5) }, null)

    expect(points && pointRows(points).slice(-3)).toEqual([
      '00:02:00Z   8 samples  sum 16    used',
      '00:03:00Z   9 samples  sum 18    not settled',
      '00:04:00Z  10 samples  sum 20    not settled',
    ])
  })
})

const hash = sha256Hex('ab'.repeat(32))
const flag = {
  key: 'f',
  percent: 30,
  serial: 7,
  writeId: 'w',
  latched: false,
  acks: [],
  launch: null,
  updatedAt: at(0),
  updatedBy: 'ada',
  reason: '',
}

test.each<[Need, unknown, string]>([
  [
    { need: 'window', metric: 'm', stat: 'p95' },
    { window: { from: at(0), to: at(1) }, query: 'q', values: { canary: 406.4, control: null } },
    'p95 canary 406.4, control – (q)',
  ],
  [
    { need: 'alarms', names: ['a', 'b'] },
    [{ name: 'a', state: 'OK', since: null, reason: '' }],
    'a OK, b does not exist',
  ],
  [
    { need: 'http', url: 'https://x.example/', timeoutMs: 1 },
    { status: 503, ms: 12.4, bodyStart: '' },
    'https://x.example/ answered 503 in 12ms',
  ],
  [
    { need: 'command', run: ['node', 'x'], timeoutMs: 1, anyOf: [] },
    { ran: true, exitCode: 1, ms: 1, tail: 'a\n\u001b[31mbad\n' },
    'node x ended 1: bad',
  ],
  [
    { need: 'command', run: ['node'], timeoutMs: 1, anyOf: ['chromium'] },
    { ran: false, absent: 'none is installed' },
    'node was not run: none is installed',
  ],
  [
    { need: 'git' },
    { commit: '0123456789', branch: null, tags: ['v2'], clean: false, played: true },
    'commit 0123456 on no branch, v2, with uncommitted changes (played)',
  ],
  [
    { need: 'identity' },
    {
      account: '1',
      arn: 'arn:x',
      rights: [
        { right: 'deploy', allowed: true, detail: '' },
        { right: 'rollback', allowed: false, detail: 'denied' },
      ],
    },
    'arn:x; no rollback: denied',
  ],
  [
    { need: 'artifact' },
    { hash, files: 1, bytes: 2048, problems: [], buildEnv: {} },
    'artifact abababa, 1 file, 2,048 bytes',
  ],
  [
    { need: 'flag' },
    { store: { status: 'present', flag, version: version('1') }, edge: { status: 'absent' } },
    'store 30%, serial 7; edge absent',
  ],
  [
    { need: 'answer', id: 'a', ask: 'ok?' },
    { answer: 'yes', by: 'sandbox:qa-lead', at: at(1), note: '' },
    'yes by qa-lead (played by the sandbox) at 2026-12-02 00:01:00Z',
  ],
])('evidence of the need %o in one line', (need, value, text) => {
  expect(findingText(need, value)).toBe(text)
})

describe('launch explain', () => {
  const check = { id: 'load', kind: 'average', title: 'load < 200ms', judgement: pass('all well') } as const
  const event = {
    schema: 1,
    launch: launchId('2026-12-02-1'),
    n: 9,
    id: 'e9',
    at: at(5),
    actor: { name: 'ada', host: 'laptop', run: null },
    prev: null,
    type: 'gate-judged',
    gate: 'slo',
    key: 'slo',
    phase: 'rollout',
    environment: 'production',
    artifact: null,
    stage: null,
    window: { from: at(0), to: at(5) },
    verdict: 'pass',
    checks: [check],
    bakedMs: 3 * minute,
    evidence: {},
  } as const
  const of = (found: Partial<Series>, basis: ExplainView['basis'] = {}) => {
    const seen = [
      { need: { need: 'series', metric: 'load' }, finding: { status: 'seen', value: { ...series, ...found } } },
      // The same minutes for another need of the same check say nothing twice.
      {
        need: { need: 'series', metric: 'load', cut: 800 },
        finding: { status: 'seen', value: { ...series, ...found } },
      },
    ] as const
    const view = { event, seen: { load: seen }, hints: {}, basis, everyPoint: false, retold: null, followed: [] }
    return explainLines(view, uncoloured)
  }
  const row = (lines: readonly string[], label: string) =>
    lines.filter((line) => line.trimStart().startsWith(`${label} `))

  test('says which metric came later than the run sheet has it, once', () => {
    expect(row(of({ unsettledMs: 4 * minute }), 'late')).toEqual([
      expect.stringMatching(/late +load still changed 4m after a minute was over, the run sheet says lag: 2m$/),
    ])
  })

  test('says what is wrong with the name of a metric without data', () => {
    const lines = of({ trouble: 'there is no metric Load,\u001b[31m did you mean BoardLoadMs' })
    expect(row(lines, 'late')).toEqual([
      expect.stringMatching(/late +load: there is no metric Load,.* did you mean BoardLoadMs$/),
    ])
    expect(lines.join('')).not.toContain('\u001b')
  })

  test('of a metric that was in time it says nothing of the kind', () => {
    expect(row(of({}), 'late')).toEqual([])
    expect(row(of({}), 'basis')).toEqual([])
  })

  test('says what a check judges by besides what it saw', () => {
    expect(row(of({}, { load: 'dispersion d = 0.37' }), 'basis')).toEqual([
      expect.stringMatching(/basis +dispersion d = 0\.37$/),
    ])
  })
})
