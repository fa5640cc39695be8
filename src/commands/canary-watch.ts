import { exitCodes } from '../core/exit-code.ts'
import { reduce } from '../core/reduce.ts'
import { startState, type LaunchState } from '../core/state.ts'
import type { Command } from './command.ts'
import { openLaunch } from './open-launch.ts'

/** How often the journal is asked for news, real time. */
const pollMs = 1000

export const canaryWatch: Command = {
  name: 'canary watch',
  alias: 'monitor',
  group: 'look',
  about: 'follow a canary that another process drives, live from the journal, until it ends; changes nothing',
  examples: [
    ['launch canary watch', 'in a second terminal, or on another machine with the same state'],
    ['launch canary watch --jsonl', 'the same as JSON lines'],
  ],
  run: async (context) => {
    const { signal } = context
    const { plan } = await context.project()
    const world = await context.world(plan, { driver: false })
    const opened = await openLaunch(context, { launch: 'current', looksOnly: true })
    const { makeReporter } = await import('./drive.ts')
    const reporter = await makeReporter(context, opened.plan)
    let state: LaunchState | null = null
    let told = 0
    const canary = opened.plan.phases.flatMap((phase) => phase.steps).find((step) => step.kind === 'canary')
    for (;;) {
      const events = await opened.log.read(signal)
      for (const event of events.slice(told)) {
        if (event.type === 'launch-opened') state = startState(event)
        else if (state) state = reduce(state, event)
        if (state) reporter.onEvent(event, state)
      }
      told = events.length
      if (state?.ended) {
        const { outcome, why } = state.ended
        return { outcome, why, text: '', document: { launch: state.id, exitCode: exitCodes[outcome] } }
      }
      if (state && canary && allLeft(state, canary.id, canary.spec))
        return {
          outcome: 'succeeded',
          text: 'every stage of the canary is left behind',
          document: { launch: state.id },
        }
      await world.wait(pollMs, signal)
    }
  },
}

function allLeft(state: LaunchState, step: string, spec: unknown): boolean {
  const stages = state.stages[step] ?? []
  const planned =
    typeof spec === 'object' && spec !== null && 'stages' in spec && Array.isArray(spec.stages) ? spec.stages.length : 0
  return planned > 0 && stages.length === planned && stages.every((stage) => stage.status === 'left')
}
