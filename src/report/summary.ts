import { plural } from '../core/quantity.ts'
import { formatDuration } from '../core/units.ts'
import type { Judgement } from '../core/verdict.ts'
import { dateTime, measure, number, who } from '../ui/format.ts'
import { rollbackOutcome } from '../ui/event-text.ts'
import type { Cell } from './cell.ts'
import type { ReportModel } from './model.ts'
import type { RollbackStory } from './rollbacks.ts'

/** A line of the summary with the lines that belong below it, each with its own. */
export type Item = { readonly text: Cell; readonly below: readonly Item[] }

export type Tone = 'good' | 'warn' | 'bad' | 'neutral'

/** Status, planned and actual duration, rollbacks with their reasons, and what was not checked beside what passed. */
export function summaryItems(model: ReportModel): readonly (Item & { readonly tone: Tone })[] {
  const { status, why, plannedMs, actualMs, rollbacks, waived } = model
  const minutes = (ms: number) => number(Math.round(ms / 60_000))
  const waivedItems = waived.map(({ gate, check, reason, by }) =>
    line(`${check === '' ? `Gate ${gate}` : `${check} (gate ${gate})`}, waived by ${who(by)}: ${reason}`),
  )
  return [
    { tone: statusTone[status], text: ['Launch Status: ', { strong: status }, `: ${why}`], below: [] },
    {
      tone: actualMs <= plannedMs ? 'good' : 'warn',
      ...line(`Duration: ${minutes(plannedMs)} minutes (planned) / ${minutes(actualMs)} minutes (actual)`),
    },
    {
      tone: rollbacks.length === 0 ? 'good' : 'bad',
      text: `Rollbacks: ${rollbacks.length}`,
      below: rollbacks.map(rollbackItem),
    },
    ...(waived.length === 0
      ? []
      : [{ tone: 'neutral' as const, text: `Waived checks: ${waived.length}`, below: waivedItems }]),
  ]
}

export const statusTone = { SUCCESS: 'good', PARTIAL: 'warn', FAILED: 'bad', 'IN PROGRESS': 'neutral' } as const

function line(text: Cell): Item {
  return { text, below: [] }
}

function rollbackItem({ at, by, reason, trigger, result, percent, failed, gate }: RollbackStory): Item {
  const head = result
    ? `${result.kind} rollback ${rollbackOutcome[result.outcome]}`
    : 'a rollback from elsewhere was found in the flag'
  const asked = trigger === null ? '' : `, asked for by ${trigger}`
  const why = failed.map(({ title, judgement }) =>
    line(`Failed check of gate ${gate ?? ''}: ${title}${observedText(judgement)} ${judgement.why}`),
  )
  return {
    text: `${dateTime(at)}: ${head}, with ${number(percent)}% of users on the new version${asked}. By ${who(by)}: ${reason}`,
    below: [...why, ...(result ? resultItems(result) : [])],
  }
}

/** A rollout that is judged as one has no single value to set against the limit; its reason tells. */
function observedText(judgement: Judgement): string {
  const value = measure(judgement)
  const samples = judgement.samples === 0 ? '' : ` (${plural(judgement.samples, 'sample')})`
  return value === '' ? `${samples}:` : `: observed ${value}${samples}.`
}

function resultItems(result: NonNullable<RollbackStory['result']>): readonly Item[] {
  const { ackedMs, readBackMs, edgeMs, verified, detail } = result
  const edge = edgeMs === null ? 'not seen at the edge' : `at the edge in ${formatDuration(edgeMs)}`
  const times = `Acknowledged in ${formatDuration(ackedMs)}, read back in ${formatDuration(readBackMs)}, ${edge}; `
  return [
    line([times, verified ? 'verified' : { strong: 'not verified' }, '.']),
    ...(detail === '' ? [] : [line(detail)]),
  ]
}
