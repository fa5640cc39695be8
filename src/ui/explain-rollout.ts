import type { Because, Decision } from '../core/judge/decision.ts'
import { rules } from '../core/judge/plan.ts'
import { sumsOf, type MinuteUse, type Retold } from '../core/judge/retold.ts'
import { plural } from '../core/quantity.ts'
import { percent } from './explain-numbers.ts'
import { clockTime, number } from './format.ts'

type Row = readonly [label: string, text: string]

/** What holds for the stage as a whole: its clock, its traffic, and which rule of the order spoke. */
export function rolloutRows(retold: Retold): readonly Row[] {
  const { decision } = retold
  const rows: readonly (Row | null)[] = [
    ['judged as', `stage ${decision.clock.stage + 1} of a rollout that is judged as one, again from the journal alone`],
    ...clockRows(retold),
    dataRow(retold),
    trafficRow(retold),
    controlRow(retold),
    ['decision', decisionText(retold)],
  ]
  return rows.filter((row) => row !== null)
}

function clockRows({ decision, lag, extend }: Retold): readonly Row[] {
  const { clock } = decision
  const than = (value: number, limit: number) => `${number(value)} ${value < limit ? '<' : '≥'} ${number(limit)}`
  return [
    ['baked', `${than(clock.elapsed, clock.soak)} minutes: settled, with data, the old version inside its limits`],
    ['calm', `${than(clock.calm, clock.soak)} minutes: of those, since the last burst of errors or shared incident`],
    [
      'budget',
      `${than(clock.elapsed, clock.budget)} minutes baked (${number(clock.soak)} × ${number(extend)} − ${number(lag)} to settle)`,
    ],
  ]
}

/** Of the last soak's minutes those with data, and the longest gap. */
function dataRow({ decision, signals, origin, periodMs }: Retold): Row {
  const { clock } = decision
  const has = new Set(
    (signals[0]?.stages ?? []).flatMap(({ minutes }) =>
      minutes
        .filter(({ use }) => use === 'counted' || use === 'shared' || use === 'young')
        .map(({ start }) => Math.round((start - origin) / periodMs)),
    ),
  )
  let gap = 0
  let longest = 0
  let present = 0
  for (let t = clock.settled - clock.soak; t < clock.settled; t++) {
    if (has.has(t)) present++
    gap = has.has(t) ? 0 : gap + 1
    longest = Math.max(longest, gap)
  }
  const enough = present >= 0.9 * clock.soak && longest <= 2
  return [
    'data',
    `in ${number(present)} of the last ${plural(clock.soak, 'minute')}, longest gap ${number(longest)} (90% and at most 2 needed): ${enough ? 'enough' : 'too little'}`,
  ]
}

/** Whether the flag reaches the users it should. */
function trafficRow({ decision, signals }: Retold): Row | null {
  const minutes = signals[0]?.stages.at(-1)?.minutes ?? []
  const own = sumsOf(minutes, 'canary', 'counted', 'shared').n
  const all = own + sumsOf(minutes, 'control', 'counted', 'shared').n
  if (all === 0) return null
  const { share } = decision.clock
  const got = `the new version got ${number(own, 12)} of ${number(all, 12)} (${percent(own / all)}) at a share of ${percent(share)}`
  if (decision.because === 'flag-reaches-nobody')
    return ['traffic', `${got}; by chance: (1 − ${number(share)})^${number(all, 12)} < 0.000001`]
  if (decision.because === 'share-is-off') return ['traffic', `${got}; off by more than half, by chance < 0.000001`]
  return ['traffic', got]
}

/** The five minutes of the old version that make an incident both versions share, while it goes on. */
function controlRow({ decision, signals }: Retold): Row | null {
  if (decision.verdict !== 'environment-hold') return null
  const rows = signals.flatMap(({ signal, stages }) => {
    const last = stages.flatMap(({ minutes }) => minutes).filter(({ use }) => use === 'counted' || use === 'shared')
    const { n, above } = sumsOf(last.slice(-5), 'control', 'counted', 'shared')
    return signal.limits
      .filter(({ cut, share }) => (above[cut] ?? 0) >= share * n && n > 0)
      .map(({ cut, share }) => `${number(above[cut] ?? 0)} of ${number(n, 12)} ≥ ${percent(share)}`)
  })
  return ['control', `the old version's last five settled minutes: ${rows.join('; ')}`]
}

const said: { readonly [B in Because]: string } = {
  'no-fresh-data': `no minute of the last ${rules.freezeAfter} has data: nothing is decided`,
  'canary-worse-than-control': 'the new version is worse than the old one of the same minutes',
  'canary-fails-outright': 'the newest minute of the new version fails outright',
  'limit-broken': 'a limit is broken',
  'mean-limit-broken': 'the limit on a mean is broken',
  'control-outside-its-limits': 'the old version is outside a limit, too: the clock stands still',
  'flag-reaches-nobody': 'the flag reaches nobody',
  'share-is-off': 'the flag reaches another share of users than it should',
  proven: 'baked, calm, nothing against it, every limit proven kept for the next share',
  soaking: 'not baked yet',
  unstable: 'baked, but not calm for the whole bake, or minutes lack data',
  'outside-a-limit': 'a value is outside its limit, without certainty yet',
  'open-doubt': 'there is evidence against it, too little to act on and too much to pass',
  'not-proven-yet': 'inside every limit, not proven yet',
  'worse-at-the-end': 'the time is up and it stays worse',
  'inside-but-unproven': 'the time is up: inside every limit, not proven',
  'too-uncertain': 'the time is up, and too little is known',
}

const leads: { readonly [V in Decision['verdict']]: string } = {
  freeze: 'wait',
  rollback: 'fail',
  'environment-hold': 'wait',
  'no-canary-traffic': 'wait',
  pass: 'pass',
  extend: 'go on',
  budget: 'time is up',
}

function decisionText({ decision, saying }: Retold): string {
  const { verdict, because, signal, budget } = decision
  const about = signal === null ? '' : ` (${signal})`
  const end = budget === null ? '' : `: ${budget === 'promote-unproven' ? 'what the run sheet says' : budget}`
  const then = saying === null ? '' : `; for the stage: ${saying}`
  return `${because}${about}: ${said[because]} → ${leads[verdict]}${end}${then}`
}

const useText: { readonly [U in MinuteUse]: string } = {
  counted: '',
  shared: 'in which the old version was outside a limit, too: in the comparison alone',
  young: 'younger than the metric takes to settle: in the comparison alone',
  unsettled: 'not settled when the stage was left',
  before: 'began before the share was at the edge',
  open: 'not over',
  empty: 'without data',
}

/** Minutes that did not count against the limits, by reason: `2 minutes 00:10:00Z to 00:12:00Z not settled …`. */
export function refusedRows(signal: Retold['signals'][number], periodMs: number): readonly Row[] {
  return signal.stages.flatMap(({ percent: share, minutes }) => {
    const refused = (Object.keys(useText) as MinuteUse[]).filter((use) => use !== 'counted') // The keys are its type.
    return refused.flatMap((use): readonly Row[] => {
      const own = minutes.filter((minute) => minute.use === use)
      const [first] = own
      const last = own.at(-1)
      if (!first || !last) return []
      const span = `${clockTime(first.start)} to ${clockTime(last.start + periodMs)}`
      return [['left out', `${share}%: ${plural(own.length, 'minute')} ${span} ${useText[use]}`]]
    })
  })
}
