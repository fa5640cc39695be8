import type { LaunchState } from '../core/state.ts'
import { plural } from '../core/quantity.ts'
import { rateUpperBound } from '../core/stats/binomial.ts'
import { formatShare } from '../core/units.ts'
import { clockTime, dateTime, elapsed } from './format.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'

/** What a replay came to, as it is shown. */
export type ReplayView = {
  readonly ended: 'promoted' | 'stopped' | 'held' | 'undecided'
  readonly why: string
  readonly stage: number | null
  readonly beganAt: number
  readonly at: number
}
export type TrialView = { readonly of: string; readonly replay: ReplayView }
export type TallyView = {
  readonly limit: string | null
  readonly trials: readonly TrialView[]
  readonly stopped: number
  readonly held: number
  readonly promoted: number
  readonly undecided: number
  readonly minutes: number | null
}
export type LaunchAgainView = {
  readonly state: LaunchState
  readonly verdicts: readonly {
    readonly found: 'same' | 'worded' | 'different' | 'gone'
    readonly event: {
      readonly n: number
      readonly key: string
      readonly verdict: string
      readonly window: { readonly to: number }
    }
    readonly again: { readonly verdict: string } | null
  }[]
  readonly samePlan: boolean
}

/** So many differences are told one by one. */
const mostTold = 5
const chartColumns = 60

/** Launches of the journal: their verdicts judged again, then what the run sheet of now would have decided. */
export function journalLines(
  launches: readonly LaunchAgainView[],
  tallies: readonly TallyView[],
  sweep: string | null,
  theme: Theme,
): readonly string[] {
  const head = header(['LAUNCH', 'OPENED (UTC)', 'RESULT', 'VERDICTS'], theme)
  const rows = launches.map(({ state, verdicts }) => [
    safeText(state.id),
    dateTime(state.openedAt),
    state.ended?.outcome ?? 'open',
    againCell(verdicts, theme),
  ])
  return [
    ...table([head, ...rows]),
    ...launches.flatMap((launch) => differences(launch, theme)),
    '',
    ...(sweep === null
      ? [
          launches.every(({ samePlan }) => samePlan)
            ? 'decided again by the same run sheet:'
            : 'the run sheet of now on the evidence of then:',
          ...trialTable(tallies[0]?.trials ?? [], 'LAUNCH', theme),
        ]
      : [`limits of ${safeText(sweep)}:`, ...sweepTable(tallies, 'STOPPED', theme)]),
    ...undecidedNote(tallies),
  ]
}

/** Rollouts that might have been: one table of them, or one of limits. */
export function trialLines(
  tallies: readonly TallyView[],
  {
    sweep,
    quiet,
    notes,
  }: { readonly sweep: string | null; readonly quiet: boolean; readonly notes: readonly string[] },
  theme: Theme,
): readonly string[] {
  const said = notes.map((line) => theme.paint.dim(safeText(line)))
  const [only] = tallies
  if (sweep !== null || !only)
    return [...said, '', ...sweepTable(tallies, quiet ? 'FALSE ALARMS' : 'STOPPED', theme), ...undecidedNote(tallies)]
  return [
    ...said,
    '',
    ...trialTable(only.trials, 'BEGINS (UTC)', theme),
    ...(only.trials.length > 1 ? ['', summary(only, quiet)] : []),
    ...undecidedNote(tallies),
  ]
}

function againCell(verdicts: LaunchAgainView['verdicts'], theme: Theme): string {
  const count = (found: LaunchAgainView['verdicts'][number]['found']) =>
    verdicts.filter((one) => one.found === found).length
  const { icons, paint } = theme
  const others = [
    count('worded') === 0 ? '' : `${count('worded')} in other words`,
    count('gone') === 0 ? '' : `${count('gone')} without kept evidence`,
  ].filter((part) => part !== '')
  const tail = others.length === 0 ? '' : ` (${others.join(', ')})`
  const [equal, different] = [count('same') + count('worded'), count('different')]
  return different === 0
    ? paint.pass(`${icons.pass} ${equal === verdicts.length ? `all ${equal}` : equal} equal`) + tail
    : paint.fail(`${icons.fail} ${equal} equal, ${different} different`) + tail
}

function differences({ state, verdicts }: LaunchAgainView, theme: Theme): readonly string[] {
  const different = verdicts.filter(({ found }) => found === 'different')
  const told = different.slice(0, mostTold).map(({ event, again }) => {
    const now = again?.verdict === event.verdict ? `${event.verdict}, for other checks` : (again?.verdict ?? 'nothing')
    return `  ${clockTime(event.window.to)}  ${safeText(event.key)}: was ${event.verdict}, now ${now} (event ${event.n})`
  })
  const more = different.length - told.length
  return told.length === 0
    ? []
    : ['', theme.paint.strong(`${safeText(state.id)} differs:`), ...told, ...(more > 0 ? [`  and ${more} more`] : [])]
}

function trialTable(trials: readonly TrialView[], name: string, theme: Theme): readonly string[] {
  const rows = trials.map(({ of, replay }) => [
    safeText(of),
    endCell(replay, theme),
    replay.stage === null ? '–' : `${replay.stage} %`,
    elapsed(replay.beganAt, replay.at),
    safeText(replay.why),
  ])
  return table([header([name, 'ENDED', 'AT STAGE', 'AFTER', 'WHY'], theme), ...rows])
}

function sweepTable(tallies: readonly TallyView[], stopped: string, theme: Theme): readonly string[] {
  const one = tallies.every(({ trials }) => trials.length <= 1)
  const head = one
    ? ['LIMIT', 'ENDED', 'AT STAGE', 'AFTER', 'WHY']
    : ['LIMIT', stopped, 'HELD', 'PROMOTED', 'UNDECIDED', 'MINUTES', 'EACH']
  const rows = tallies.map((tally) => {
    const limit = safeText(tally.limit ?? '')
    const [trial] = tally.trials
    if (one) return trial ? [limit, ...tableCells(trial, theme)] : [limit, '–']
    const counts = [tally.stopped, tally.held, tally.promoted, tally.undecided].map(String)
    return [limit, ...counts, tally.minutes === null ? '–' : String(tally.minutes), chart(tally.trials, theme)]
  })
  const align = one ? (['right'] as const) : (['right', 'right', 'right', 'right', 'right', 'right'] as const)
  return table([header(head, theme), ...rows], { align })
}

function tableCells({ replay }: TrialView, theme: Theme): readonly string[] {
  const stage = replay.stage === null ? '–' : `${replay.stage} %`
  return [endCell(replay, theme), stage, elapsed(replay.beganAt, replay.at), safeText(replay.why)]
}

/** One sign for each rollout in order; of many, one for as many as fit, the worst of them. */
function chart(trials: readonly TrialView[], theme: Theme): string {
  const each = Math.ceil(trials.length / chartColumns)
  const signs = Array.from({ length: Math.ceil(trials.length / Math.max(1, each)) }, (_, index) => {
    const some = trials.slice(index * each, (index + 1) * each)
    const worst = (['stopped', 'held', 'undecided', 'promoted'] as const).find((ended) =>
      some.some(({ replay }) => replay.ended === ended),
    )
    return worst ? sign(worst, theme) : ''
  })
  return signs.join('')
}

function sign(ended: ReplayView['ended'], { icons, paint }: Theme): string {
  switch (ended) {
    case 'promoted':
      return paint.pass(icons.pass)
    case 'stopped':
      return paint.fail(icons.fail)
    case 'held':
      return paint.unknown(icons.held)
    case 'undecided':
      return paint.dim(icons.unknown)
  }
}

function endCell({ ended }: ReplayView, theme: Theme): string {
  return `${sign(ended, theme)} ${ended}`
}

function summary({ trials, stopped, held, promoted, undecided, minutes }: TallyView, quiet: boolean): string {
  const decided = stopped + held + promoted
  // What so many false alarms of so many rollouts say about the next one.
  const atMost = formatShare(Math.round(rateUpperBound(stopped, decided, 0.05) * 1000) / 1000)
  const parts = [
    quiet
      ? `${plural(stopped, 'false alarm')} in ${plural(decided, 'rollout')} (95 % sure: at most ${atMost} of such launches)`
      : `${stopped} of ${plural(trials.length, 'rollout')} stopped`,
    `${held} held`,
    `${promoted} promoted`,
    ...(undecided === 0 ? [] : [`${undecided} undecided`]),
    ...(minutes === null ? [] : [`${minutes} minutes in the middle`]),
  ]
  return parts.join('; ')
}

function undecidedNote(tallies: readonly TallyView[]): readonly string[] {
  return tallies.some(({ undecided }) => undecided > 0)
    ? ['', 'undecided: the evidence is what it was; after another decision than the recorded one there is none.']
    : []
}

function header(cells: readonly string[], theme: Theme): readonly string[] {
  return cells.map((cell) => theme.paint.dim(cell))
}
