import { audienceText } from '../core/audience.ts'
import type { EpochMs } from '../core/brand.ts'
import type { FlagReading, FlagState, LateFlag } from '../core/flag.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import { formatDuration } from '../core/units.ts'
import { envelope, flagSummary, type EnvelopeInput } from './envelope.ts'
import type { StatusEnvelope } from './envelope-schema.ts'
import { dateTime, elapsed, number, whoAndWhere } from './format.ts'
import { latchedLine, nextActions, phaseNow, standing } from './next-action.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'

/** What `launch status` found out about one environment. */
export type StatusView = {
  readonly env: string
  readonly now: EpochMs
  /** Release ids as they stand in the environment; null where nothing is known. */
  readonly release: { readonly current: string | null; readonly previous: string | null }
  readonly flagKey: string
  /** Null when the flag could not be read; `why` then says it. */
  readonly flag: FlagReading | { readonly status: 'unreadable'; readonly why: string }
  readonly launch: {
    readonly plan: Plan
    readonly state: LaunchState
    /** Who drove it last, and when: not who asked something of it since, or said something about it. */
    readonly driver: Pick<LaunchState['last'], 'actor' | 'at'>
    /** What this launch changed about the flag, oldest first, and when users were served each, in ms; null: not seen yet. */
    readonly changes: readonly Change[]
    /** Steps that must not run twice and were not seen to end. */
    readonly unresolved: readonly Unresolved[]
  } | null
  /** Why release or launch are not known. */
  readonly unknown: { readonly release?: string; readonly launch?: string }
  readonly health: readonly {
    readonly url: string
    readonly ok: boolean
    readonly status: number | null
    readonly detail: string
  }[]
}

type Unresolved = { readonly step: string; readonly at: EpochMs }

type Change = {
  readonly percent: number
  readonly latched: boolean
  readonly ackedMs: number | null
  readonly edgeMs: number | null
  readonly late?: LateFlag
}

/** The text of `launch status`. One line starts with `flag ` for grep, in the same words whatever the theme. */
export function statusLines(view: StatusView, theme: Theme): readonly string[] {
  const { release, launch, now } = view
  const rows = [
    ['environment', safeText(view.env)],
    ['release', `${safeText(release.current ?? 'unknown')} (previous: ${safeText(release.previous ?? 'none')})`],
    ...(launch ? [...launchRows(launch, now), ...reachedRows(launch.changes)] : [['launch', noLaunch(view)]]),
    ...view.health.map(({ url, ok, detail }) => {
      const verdict = ok ? 'pass' : 'fail'
      return [
        'health',
        `${theme.paint[verdict](`${theme.icons[verdict]} ${ok ? 'ok' : 'bad'}`)} ${safeText(url)} ${safeText(detail)}`,
      ]
    }),
    ...nextLines(view).map((line) => ['next', line]),
  ]
  const [environment, current, ...rest] = table(rows)
  return [environment ?? '', current ?? '', flagLine(view), ...rest]
}

function noLaunch({ unknown }: StatusView): string {
  return unknown.launch === undefined ? 'none is open' : `unknown: ${safeText(unknown.launch)}`
}

/** What waits for a person goes first: without it nothing else goes on. */
function nextLines(view: StatusView): readonly string[] {
  const { launch, now } = view
  const latch = latchOf(view)
  if (!launch) return latch && view.unknown.launch === undefined ? [latchedLine(latch, null)] : []
  return [
    ...launch.unresolved.map((one) => unresolvedLine(one, now)),
    ...nextActions(launch.plan, launch.state, now, latch),
  ]
}

function unresolvedLine({ step, at }: Unresolved, now: EpochMs): string {
  const id = safeText(step)
  return `${id} began ${elapsed(at, now)} ago, is not seen to have ended and must not run twice: if nobody drives, look what it did, then launch resolve ${id} --did-run or --did-not-run`
}

/** The latch of the flag that a launch changes; another environment's is not asked for. */
function latchOf({ env, flag }: StatusView): FlagState | null {
  return env === 'production' && flag.status === 'present' && flag.flag.latched ? flag.flag : null
}

/** `flag status-board-v2 30% serial 1733… not latched` */
export function flagLine({ flag, flagKey }: Pick<StatusView, 'flag' | 'flagKey'>): string {
  const key = safeText(flagKey)
  switch (flag.status) {
    case 'present': {
      const { percent, serial, latched, reason, updatedBy, audience } = flag.flag
      const latch = latched ? `latched by ${safeText(updatedBy)}: ${safeText(reason)}` : 'not latched'
      return `flag ${key} ${number(percent)}%${audienceText(percent, audience)} serial ${serial} ${latch}`
    }
    case 'absent':
      return `flag ${key} absent: everybody gets the default, off`
    case 'malformed':
      return `flag ${key} malformed: ${safeText(flag.why)}`
    case 'unreadable':
      return `flag ${key} unknown: ${safeText(flag.why)}`
  }
}

function launchRows(
  { state, driver }: NonNullable<StatusView['launch']>,
  now: EpochMs,
): readonly (readonly string[])[] {
  const phase = phaseNow(state)
  const where = phase === null ? standing(state) : `phase ${safeText(phase)}, ${standing(state)}`
  const sandbox = state.sandbox === null ? '' : `, sandbox scenario ${safeText(state.sandbox)}`
  return [
    ['launch', `${safeText(state.id)}: ${where}${sandbox}`],
    ['opened', `${dateTime(state.openedAt)} by ${whoAndWhere(state.openedBy)}`],
    ['driver', `${whoAndWhere(driver.actor)}, last event ${elapsed(driver.at, now)} ago`],
  ]
}

/** `10% in 3s, 30% in 2s, off not seen yet`: from the acknowledged write to the first sight of it through the CDN. */
function reachedRows(changes: readonly Change[]): readonly (readonly string[])[] {
  if (changes.length === 0) return []
  const said = changes.map(({ percent, latched, edgeMs, late }) => {
    const took = edgeMs === null ? 'not seen yet' : `in ${formatDuration(edgeMs)}`
    const over = late ? `, ${safeText(`more than the ${formatDuration(late.budgetMs)} allowed${late.headers}`)}` : ''
    return `${latched ? 'off' : `${number(percent)}%`} ${took}${over}`
  })
  return [['reached', said.join(', ')]]
}

/** `launch status --json`. */
export function statusEnvelope(input: EnvelopeInput, view: StatusView): StatusEnvelope {
  const { release, flag, launch, health, now, unknown } = view
  return {
    ...envelope(input),
    release,
    flag: flag.status === 'present' ? flagSummary(flag.flag) : null,
    launch: launch && {
      id: launch.state.id,
      phase: phaseNow(launch.state),
      state: standing(launch.state),
      driver: launch.driver.actor.name,
      idleMs: Math.max(0, now - launch.driver.at),
      changes: launch.changes.map(({ percent, latched, ackedMs, edgeMs, late }) => ({
        percent,
        latched,
        ackedMs,
        edgeMs,
        late: late ?? null,
      })),
      unresolved: launch.unresolved.map(({ step }) => step),
    },
    unknown: { ...unknown, ...(flag.status === 'unreadable' && { flag: flag.why }) },
    health: health.map(({ url, ok, status, detail }) => ({ url, ok, status, detail })),
  }
}
