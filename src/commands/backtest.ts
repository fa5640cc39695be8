import { LaunchError } from '../core/errors.ts'
import type { Tally, Trial } from '../engine/trial.ts'
import type { Backtest } from './backtest-trials.ts'
import { text, type Command, type Options } from './command.ts'
import { rowsFor } from './say.ts'

const [lastLaunches, sweepSteps, mostSteps] = [5, 7, 50]

export const backtest: Command = {
  name: 'backtest',
  group: 'look',
  about:
    'replay past evidence through the canary of the run sheet: what it would have stopped and when, how often it cries wolf on quiet days, and that recorded verdicts come out the same',
  options: [
    ['--launch <id>', 'a launch of the journal: its id, or the beginning of it'],
    ['--last <n>', `the last launches of the journal (default: ${lastLaunches})`],
    ['--from <time>', 'past metrics instead: a made-up canary on days gone by, from here (2026-12-01, 24h ago as 24h)'],
    ['--to <time>', 'until here (default: now)'],
    ['--every <duration>', 'with --from: how often such a canary begins (default: 6h)'],
    [
      '--inject <metric=+n>',
      'with --from: the canary is worse: by percent points more bad ones (errors=+2pp), or slower (board-load=+60%)',
    ],
    ['--series <file>', 'recorded minutes instead, as JSON lines'],
    ['--sweep <check=low..high>', 'try a range of limits for one check: slo.errors=0.5%..2%'],
    ['--steps <n>', `how many limits of the range (default: ${sweepSteps})`],
  ],
  examples: [
    ['launch backtest', `the last ${lastLaunches} launches: every verdict judged again`],
    ['launch backtest --from 24h --every 2h', 'would a launch have been stopped on this quiet day?'],
    ['launch backtest --from 24h --inject errors=+2pp', 'and would one that breaks two requests of a hundred?'],
    ['launch backtest --from 24h --inject board-load=+60%', 'and one that takes 60 % longer?'],
    ['launch backtest --from 24h --sweep slo.errors=0.5%..2%', 'which limit is right'],
    ['launch backtest --series examples/statusboard/backtest/errors-at-30.jsonl', 'recorded minutes'],
  ],
  run: async (context, _args, options) => {
    const source = sourceOf(options)
    const { plan } = await context.project()
    const sweep = text(options, 'sweep')
    const { variantsOf } = await import('./backtest-trials.ts')
    const variants = await variantsOf(plan, sweep, numberOf(options, 'steps', sweepSteps, mostSteps))
    const { theme } = context.output.out
    const ui = await import('../ui/backtest.ts')
    if (source === 'journal') {
      const { backtestJournal } = await import('./backtest-journal.ts')
      const last = numberOf(options, 'last', lastLaunches, 1000)
      const found = await backtestJournal(context, { launch: text(options, 'launch'), last }, variants)
      const lines = ui.journalLines(found.launches, found.tallies, sweep, theme)
      return { outcome: 'succeeded', text: await rowsFor(context, lines), document: documentOf(source, sweep, found) }
    }
    const found =
      source === 'series'
        ? await (await import('./backtest-series.ts')).backtestSeries(context, text(options, 'series') ?? '', variants)
        : await (await import('./backtest-past.ts')).backtestPast(context, pastOrder(options), variants)
    const quiet = source === 'past' && text(options, 'inject') === null
    const lines = ui.trialLines(found.tallies, { sweep, quiet, notes: found.notes }, theme)
    return { outcome: 'succeeded', text: await rowsFor(context, lines), document: documentOf(source, sweep, found) }
  },
}

type Source = 'journal' | 'past' | 'series'

const belongTo = {
  journal: ['launch', 'last'],
  past: ['from', 'to', 'every', 'inject'],
  series: ['series'],
} as const satisfies Record<Source, readonly string[]>

/** Where the evidence comes from. Throws USAGE when two are named. */
function sourceOf(options: Options): Source {
  const named = (['journal', 'past', 'series'] as const).filter((source) =>
    belongTo[source].some((name) => text(options, name) !== null),
  )
  const [first = 'journal', second] = named
  if (second !== undefined)
    throw new LaunchError('USAGE', `--${belongTo[first][0]} and --${belongTo[second][0]} are two backtests`, {
      hint: 'take launches of the journal (--launch, --last), past metrics (--from, --to), or a file (--series)',
    })
  if (first === 'past' && text(options, 'from') === null)
    throw new LaunchError('USAGE', 'past metrics need --from', { hint: 'write --from 24h, or --from 2026-12-01' })
  return first
}

function pastOrder(options: Options) {
  return {
    from: text(options, 'from') ?? '',
    to: text(options, 'to'),
    every: text(options, 'every') ?? '6h',
    inject: text(options, 'inject'),
  }
}

function numberOf(options: Options, name: string, usual: number, most: number): number {
  const asked = text(options, name)
  const number = Number(asked ?? usual)
  if (Number.isSafeInteger(number) && number >= 1 && number <= most) return number
  throw new LaunchError('USAGE', `--${name} "${asked}" is not a whole number from 1 to ${most}`)
}

function documentOf(source: Source, sweep: string | null, { tallies, notes, document }: Backtest): object {
  return { source, sweep, ...document, notes, results: tallies.map(tallyDocument) }
}

function tallyDocument({ limit, trials, ...counts }: Tally): object {
  return { limit, ...counts, trials: trials.map(trialDocument) }
}

function trialDocument({ of, replay, minutes }: Trial): object {
  const { ended, why, stage, beganAt, at, shifts } = replay
  return {
    of,
    ended,
    stage,
    beganAt: new Date(beganAt).toISOString(),
    at: new Date(at).toISOString(),
    minutes,
    why,
    shifts: shifts.map((shift) => ({ stage: shift.percent, at: new Date(shift.at).toISOString() })),
  }
}
