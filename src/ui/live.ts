import type { EpochMs } from '../core/brand.ts'
import type { LaunchEvent } from '../core/event.ts'
import { fold } from '../core/reduce.ts'
import type { LaunchState } from '../core/state.ts'
import { frame } from './live/frame.ts'
import type { LiveModel, LiveNext } from './live/model.ts'
import { frameRows } from './live/size.ts'
import { plain } from './plain.ts'
import type { Reporter, ReporterContext, ReporterKind } from './reporter.ts'

export const live = {
  name: 'live',
  about: 'the log, and under it the launch as it stands: phases, exposure, the gate, what comes next and what acts',
  stream: 'stderr',
  create: liveReporter,
} as const satisfies ReporterKind

/** What it has been told; the frame is made of it whenever it is drawn. */
type Told = {
  events: LaunchEvent[]
  state: LaunchState | null
  doing: LiveNext | null
  over: boolean
}

/** The log of `plain` with a frame under it that is drawn again. Owns what it was told. */
function liveReporter(context: ReporterContext): Reporter {
  const { live: view } = context
  const log = plain.create({ ...context, spinner: silent })
  if (!view) return plain.create(context)
  const { window, theme } = { window: view.window, theme: context.theme }
  const told: Told = { events: [], state: null, doing: null, over: false }

  function model(): LiveModel | null {
    const { state, events, doing, over } = told
    if (!state || !view) return null
    // The last frame is as of the newest event: a replay of the journal ends with the same one.
    const now = over ? state.last.at : later(view.now(), state.last.at)
    return view.model({ state, events, now, doing: over ? null : doing })
  }

  function learn(event: LaunchEvent, state: LaunchState): void {
    const last = told.events.at(-1)
    if (last && event.n <= last.n) return
    told.events.push(event)
    told.state = state
    told.doing = null
  }

  window.open(({ columns, rows }) => {
    const now = model()
    return now ? frame(now, { width: columns, height: frameRows(rows), theme }) : []
  })

  return {
    onPast(events) {
      const state = fold(events)
      if (!state || told.events.length > 0) return
      told.events = [...events]
      told.state = state
      window.refresh()
    },
    onEvent(event, state) {
      learn(event, state)
      log.onEvent(event, state)
      window.refresh()
    },
    onProgress(text, _at, until = null) {
      told.doing = { text, at: until }
      window.refresh()
    },
    onQuestion() {
      log.onQuestion?.()
      window.hide()
    },
    onTick: () => window.refresh(),
    onLast() {
      told.over = true
      window.close()
    },
    onEnd(envelope) {
      told.over = true
      window.close()
      log.onEnd(envelope)
    },
  }
}

// The frame says what is being waited for.
const silent = { show() {}, hide() {} } as const

function later(a: EpochMs, b: EpochMs): EpochMs {
  return a > b ? a : b
}
