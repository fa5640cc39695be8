import { epochMs } from '../../src/core/brand.ts'
import type { LaunchEvent } from '../../src/core/event.ts'
import type { Plan } from '../../src/core/plan.ts'
import { readEvent } from '../../src/journal/events.ts'
import { readPlan } from '../../src/journal/launches.ts'
import { liveModel } from '../../src/report/live-model.ts'
import type { LiveModel } from '../../src/ui/live/model.ts'
import { goldenJournals } from './golden-journals.ts'
import { describeStep, signalOf, stateOf } from './views.ts'

export type Watched = { readonly plan: Plan; readonly events: readonly LaunchEvent[] }

/** Launches as the program journaled them, with what it saw. */
export async function watchedLaunches(): Promise<{ readonly [name: string]: Watched }> {
  const journals = await goldenJournals()
  return Object.fromEntries(
    journals.map(({ name, lines, plan }) => {
      let before: Parameters<typeof readEvent>[2] = null
      const events = lines.map((line, index) => {
        const { event, hash } = readEvent(line, index + 1, before)
        before = hash
        return event
      })
      return [name, { plan: readPlan(plan).plan, events }]
    }),
  )
}

/** What a screen shows after so many events, a while later. */
export function modelAt({ plan, events }: Watched, count: number, laterMs = 0): LiveModel {
  const told = events.slice(0, count)
  const state = stateOf(told)
  return liveModel({
    plan,
    events: told,
    state,
    now: epochMs(state.last.at + laterMs),
    describeStep,
    signalOf,
    doing: null,
  })
}

/** The screen of a terminal after what was written to it: what of ECMA-48 a repaint uses, and lines that break when they are too long. */
export function screenOf(bytes: string, columns: number): readonly string[] {
  const rows: string[][] = [[]]
  let [row, column] = [0, 0]
  const put = (character: string) => {
    if (column >= columns) [row, column] = [row + 1, 0]
    const line = (rows[row] ??= [])
    while (line.length < column) line.push(' ')
    line[column] = character
    column += 1
  }
  // oxlint-disable-next-line no-control-regex -- it is a terminal
  for (const [part, code] of bytes.matchAll(/\u001B\[\??([\d;]*[A-Za-z])|[\s\S]/gu)) {
    if (code === undefined) {
      if (part === '\r') column = 0
      else if (part === '\n') row += 1
      else put(part)
      rows[row] ??= []
    } else if (code.endsWith('A')) row = Math.max(0, row - Number(code.slice(0, -1) || 1))
    else if (code === 'K') rows[row]?.splice(column)
    else if (code === 'J') {
      rows[row]?.splice(column)
      rows.splice(row + 1)
    }
  }
  return rows.map((line) => line.join('').trimEnd())
}
