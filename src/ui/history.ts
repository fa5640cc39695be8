import type { LaunchState } from '../core/state.ts'
import { plural } from '../core/quantity.ts'
import { dateTime, elapsed, short, who } from './format.ts'
import { standing } from './next-action.ts'
import { rollbackCount } from './rollback-count.ts'
import { safeText, table } from './text.ts'
import type { Theme } from './theme.ts'

export type PastLaunch = {
  readonly state: LaunchState
  /** Another launch was opened over it before it ended: nobody goes on with it. */
  readonly superseded: boolean
}

/** The text of `launch history`, newest first as given. */
export function historyLines(launches: readonly PastLaunch[], theme: Theme): readonly string[] {
  if (launches.length === 0) return ['no launches yet']
  const head = ['LAUNCH', 'OPENED (UTC)', 'VERSION', 'COMMIT', 'RESULT', 'TOOK', 'ROLLBACKS', 'BY'].map((cell) =>
    theme.paint.dim(cell),
  )
  return table([head, ...launches.map((launch) => row(launch, theme))])
}

function row(launch: PastLaunch, theme: Theme): readonly string[] {
  const { state } = launch
  const sandbox = state.sandbox === null ? '' : ' (sandbox)'
  const done = rollbackCount(state)
  return [
    safeText(state.id),
    dateTime(state.openedAt),
    safeText(state.version),
    short(state.commit),
    result(launch, theme) + sandbox,
    elapsed(state.openedAt, state.ended?.at ?? state.last.at),
    done === 0 ? 'none' : plural(done, 'rollback'),
    who(state.openedBy.name),
  ]
}

function result({ state, superseded }: PastLaunch, theme: Theme): string {
  const { ended } = state
  if (!ended && superseded) return theme.paint.fail(`${theme.icons.fail} superseded`)
  if (!ended) return `${theme.icons.running} ${standing(state)}`
  if (ended.outcome === 'succeeded') return theme.paint.pass(`${theme.icons.pass} ${ended.outcome}`)
  const icon = ended.outcome === 'rolled-back' ? theme.icons.rollback : theme.icons.fail
  return theme.paint.fail(`${icon} ${ended.outcome}`)
}
