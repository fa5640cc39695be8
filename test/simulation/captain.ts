import type { Happening } from '../../src/core/event.ts'
import { fold } from '../../src/core/reduce.ts'
import { stageKey } from '../../src/core/gate-keys.ts'
import { stageNow } from '../../src/core/state.ts'
import { codeOf } from './code-of.ts'
import { watched } from './driver.ts'
import type { Process } from './process.ts'
import { canaryStep } from './sheet.ts'
import { launchesOf, type World } from './world.ts'

const asks = ['pause', 'resume', 'promote', 'abort', 'sign off', 'remark'] as const

/** What people add to a launch while it goes on: it takes slots of the journal from whoever drives. */
const remarks: readonly [Happening, ...Happening[]] = [
  { type: 'noted', text: 'start the call ten minutes earlier' },
  { type: 'issue-noted', severity: 'P2', text: 'slow index' },
  { type: 'blocker-raised', blocker: 1, severity: 'minor', text: 'a typo' },
  { type: 'blocker-cleared', blocker: 1, note: 'mended' },
  { type: 'waived', gate: 'closeout', check: 'told', reason: 'said by phone' },
]

/**
 * The release captain at another machine: says one thing to the open launch through its journal. `said`: begun before the
 * last verdict was there, and not looked at again.
 */
export async function say(world: World, process: Process, said: (typeof asks)[number] | null = null): Promise<void> {
  const { random, counters } = world
  const { signal } = process.stop
  try {
    const what = said ?? (random.chance(0.05) ? 'no-go' : random.pick(asks))
    const opened = await launchesOf(world, process).current(signal)
    const state = opened && fold(await opened.log.read(signal))
    if (!opened || !state || state.ended) return
    const log = watched(world, opened.log)
    if (what === 'no-go') {
      if (!random.chance(0.2)) return
      await log.appendAnyway({ type: 'go-decided', decision: 'no-go', note: 'not today', via: 'terminal' }, signal)
    } else if (what === 'remark') {
      const remark = random.pick(remarks)
      const isLong = remark.type === 'noted' && random.chance(world.swarm.longRemarks)
      if (isLong) counters.add('remark too long for an event')
      await log.appendAnyway(isLong ? { ...remark, text: 'all of the log, '.repeat(20_000) } : remark, signal)
    } else if (what === 'sign off') {
      const binding = { commit: state.commit, artifact: state.artifact?.hash ?? null, plan: state.planHash }
      await log.appendAnyway({ type: 'approved', role: 'qa-lead', note: '', binding }, signal, 'qa-lead')
    } else {
      const stage = stageNow(state, canaryStep)
      if (!stage || stage.status === 'left') return
      const verdict = state.gates[stageKey({ id: canaryStep }, stage.percent)]
      if (what === 'promote' && verdict?.verdict === 'fail' && said === null) return
      await log.appendAnyway({ type: 'canary-asked', ask: what, stage: stage.percent, reason: 'looking' }, signal)
    }
    counters.add(`captain: ${what}`)
  } catch (error) {
    if (!signal.aborted) world.counters.add(`captain ${codeOf(world, error)}`)
  } finally {
    process.isDone = true
  }
}

/** Somebody looks what a command did that was begun and is not known to have ended: only where nobody drives who may still run it. */
export async function resolveInterrupted(world: World, process: Process): Promise<void> {
  const { signal } = process.stop
  try {
    const others = world.processes.filter((other) => other !== process && !other.isDead && !other.isDone)
    if (others.length > 0) return
    const opened = await launchesOf(world, process).current(signal)
    const state = opened && fold(await opened.log.read(signal))
    const begun = Object.entries(state?.steps ?? {}).find(([, { status }]) => status === 'intended')
    if (!opened || !state || state.ended || begun?.[1].status !== 'intended') return
    const [step, { attempt }] = begun
    const did = (world.builds.get(state.id) ?? 0) > 0 ? 'run' : 'not-run'
    await watched(world, opened.log).appendAnyway({ type: 'step-resolved', step, attempt, did, note: 'looked' }, signal)
    world.counters.add(`resolved: ${did}`)
  } catch (error) {
    if (!signal.aborted) world.counters.add(`resolver ${codeOf(world, error)}`)
  } finally {
    process.isDone = true
  }
}
