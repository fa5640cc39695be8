import type { Context } from '../context.ts'
import { launchId, type EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import type { Plan } from '../core/plan.ts'
import type { LaunchState } from '../core/state.ts'
import type { GateJudged } from '../engine/look.ts'
import type { LiveNext } from '../ui/live/model.ts'
import { liveView } from './make-reporter.ts'

/** The screen of somebody who looks at a gate again and again. */
export type GateScreen = {
  readonly show: (judged: GateJudged, state: LaunchState, doing: LiveNext) => void
  readonly close: () => void
}

/** Null where nothing can be drawn again. */
export async function gateScreen(context: Context, plan: Plan, now: () => EpochMs): Promise<GateScreen | null> {
  const view = await liveView(context, plan, now)
  if (!view) return null
  const [{ frame }, { frameRows }] = await Promise.all([import('../ui/live/frame.ts'), import('../ui/live/size.ts')])
  const { theme } = context.output.err
  const looks: LaunchEvent[] = []
  let newest: { readonly state: LaunchState; readonly doing: LiveNext } | null = null
  view.window.open(({ columns, rows }) => {
    if (!newest) return []
    const model = view.model({ ...newest, events: looks, now: now() })
    return frame(model, { width: columns, height: frameRows(rows), theme })
  })
  return {
    show: (judged, state, doing) => {
      looks.push(asEvent(judged, state, looks.length, now()))
      newest = { state, doing }
      view.window.refresh()
    },
    close: () => view.window.close(),
  }
}

/** A look that nobody journals, behind all that is. */
function asEvent(judged: GateJudged, state: LaunchState, before: number, at: EpochMs): LaunchEvent {
  const { actor } = state.last
  return { ...judged, schema: 1, launch: launchId(state.id), n: state.n + before + 1, id: '', at, actor, prev: null }
}
