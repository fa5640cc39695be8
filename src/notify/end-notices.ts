import type { LaunchEvent } from '../core/event.ts'
import type { Outcome } from '../core/exit-code.ts'
import { mayBeExposed, type LaunchState } from '../core/state.ts'
import { number } from '../ui/format.ts'
import type { Notice } from './notice.ts'
import { notRestored } from './notices.ts'

export type RunEnd = { readonly outcome: Outcome; readonly why: string }

/**
 * What people are told when a process ends that has driven a launch, beyond what its journal says: it waits for them, it failed, or
 * it left users on a canary that nobody drives.
 */
export function endNotices(state: LaunchState, end: RunEnd, at: Pick<LaunchEvent, 'at' | 'actor'>): readonly Notice[] {
  const { outcome, why } = end
  if (outcome === 'succeeded' || outcome === 'stopped') return []
  if (outcome === 'failed') return [notRestored(at, state, 'The launch failed and production is not confirmed', [why])]
  // Told by its last event.
  if (state.ended) return []
  if (outcome === 'held') return [waits(state, why, at)]
  return mayBeExposed(state) && state.rollbacks.length === 0 && !state.found ? [left(state, end, at)] : []
}

/** A hold before users see anything waits for a sign-off, and wakes nobody; a canary's own hold has paged already. */
function waits(state: LaunchState, why: string, { at, actor }: Pick<LaunchEvent, 'at' | 'actor'>): Notice {
  const exposed = mayBeExposed(state)
  const heldStage = Object.values(state.stages).some((stages) => stages.at(-1)?.status === 'held')
  const where = exposed ? `, with ${number(state.flag?.percent ?? 0)} % of users on the new version` : ''
  return {
    id: `waits-${Object.keys(state.phases).length}-${Object.keys(state.stages).length}-${state.approvals.length}`,
    at,
    run: actor.run,
    mark: 'wait',
    title: `The launch waits${where}`,
    lines: [why, [{ code: 'launch status' }, ' says for what, ', { code: 'launch resume' }, ' goes on']],
    to: exposed ? ['updates', { level: 2 }] : ['updates'],
    ...(exposed && !heldStage
      ? { page: { action: 'trigger', key: `${state.id}/hold`, severity: 'error' } as const }
      : {}),
  }
}

function left(state: LaunchState, { outcome, why }: RunEnd, { at, actor }: Pick<LaunchEvent, 'at' | 'actor'>): Notice {
  return {
    id: `left-${state.n}`,
    at,
    run: actor.run,
    mark: 'bad',
    title: `Nobody drives the canary at ${number(state.flag?.percent ?? 0)} %: its process ended (${outcome})`,
    lines: [why, [{ code: 'launch resume' }, ' goes on, ', { code: 'launch rollback emergency' }, ' turns it off']],
    to: ['updates', { level: 2 }],
    page: { action: 'trigger', key: `${state.id}/unattended`, severity: 'error' },
  }
}
