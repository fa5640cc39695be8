import { expect, test } from 'vitest'
import { trialLines, type ReplayView, type TallyView } from '../../src/ui/backtest.ts'
import { ascii, uncoloured as unicode } from '../support/views.ts'

const begin = Date.UTC(2026, 11, 1, 18)

function tally(limit: string | null, ...ended: readonly ReplayView['ended'][]): TallyView {
  const count = (one: ReplayView['ended']) => ended.filter((other) => other === one).length
  const trials = ended.map((one) => ({
    of: '2026-12-01T18:00:00Z',
    replay: { ended: one, why: `${one}, it says`, stage: 30, beganAt: begin, at: begin + 14 * 60_000 },
  }))
  const [stopped, held, promoted, undecided] = (['stopped', 'held', 'promoted', 'undecided'] as const).map(count)
  return {
    limit,
    trials,
    stopped: stopped ?? 0,
    held: held ?? 0,
    promoted: promoted ?? 0,
    undecided: undecided ?? 0,
    minutes: 14,
  }
}

const one = { sweep: null, quiet: true, notes: ['a note'] }
const swept = { sweep: 'errors=1%..2%', quiet: true, notes: [] }

test('rollouts stand one by one, with where and when they ended, and how sure their number makes it', () => {
  const lines = trialLines([tally(null, 'promoted', 'stopped')], one, unicode)

  expect(lines).toEqual([
    'a note',
    '',
    'BEGINS (UTC)          ENDED       AT STAGE  AFTER  WHY',
    '2026-12-01T18:00:00Z  ✔ promoted  30 %      14m    promoted, it says',
    '2026-12-01T18:00:00Z  ✖ stopped   30 %      14m    stopped, it says',
    '',
    // 1 of 2: the bound is √0.95.
    '1 false alarm in 2 rollouts (95 % sure: at most 97.5% of such launches); 0 held; 1 promoted; 14 minutes in the middle',
  ])
})

test('why a rollout ended is said to its end, however long it is', () => {
  const why = `Error rate < 1% at 10 %: 1.92% of 1,305 against 0.0789% of 11,403 in the old version; evidence above ${'1,000,000 : 1, '.repeat(9)}90 needed`
  const [trial] = tally(null, 'stopped').trials
  if (!trial) throw new Error('nothing to show')
  const told = { ...tally('1%', 'stopped'), trials: [{ ...trial, replay: { ...trial.replay, why } }] }
  expect(trialLines([told], one, unicode).join('\n')).toContain(why)
  expect(trialLines([told], swept, unicode).join('\n')).toContain(why)
})

test('limits stand side by side, with a sign for every rollout, also without Unicode', () => {
  const all = [tally('1%', 'stopped', 'held'), tally('2%', 'promoted', 'undecided')]
  const lines = trialLines(all, swept, ascii).map((line) => ascii.encode(line))

  expect(lines.slice(0, 4)).toEqual([
    '',
    'LIMIT  FALSE ALARMS  HELD  PROMOTED  UNDECIDED  MINUTES  EACH',
    '   1%             1     1         0          0       14  x=',
    '   2%             0     0         1          1       14  +?',
  ])
  expect(lines.join('\n')).toContain('after another decision than the recorded one there is none')
  expect(lines.join('')).toMatch(/^[\x20-\x7e]*$/)
})

test('of many rollouts as many signs are shown as fit a line, the worst of each handful', () => {
  const many = tally(
    '1%',
    ...Array.from({ length: 130 }, (_, index) => (index === 70 ? ('stopped' as const) : ('promoted' as const))),
  )
  const other = tally('2%', ...Array.from({ length: 130 }, () => 'promoted' as const))
  const signs = trialLines([many, other], swept, unicode)[2]?.split('  ').at(-1) ?? ''

  expect(signs).toHaveLength(44)
  expect(signs.indexOf('✖')).toBe(23)
})

test('what comes from data reaches the terminal without its control characters', () => {
  const [trial] = tally(null, 'stopped').trials
  if (!trial) throw new Error('nothing to show')
  const hostile = { ...tally(null, 'stopped'), trials: [{ ...trial, replay: { ...trial.replay, why: 'a\u001B[2Jb' } }] }
  expect(trialLines([hostile], one, unicode).join('')).not.toContain('\u001B')
})
