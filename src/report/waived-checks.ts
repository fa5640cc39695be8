import type { LaunchState } from '../core/state.ts'

/** A check that was not decided by what it saw: neutral, and to be seen as such. */
export type WaivedCheck = {
  readonly gate: string
  /** The check as the run sheet calls it; its id for a waiver that no look has used. */
  readonly check: string
  readonly reason: string
  /** The person who recorded it, or what in the run sheet allows it. */
  readonly by: string
}

/** Every check whose last verdict is waived, each once however many stages judged it, and every waiver somebody recorded. */
export function waivedChecks(state: LaunchState): readonly WaivedCheck[] {
  const found = new Map<string, WaivedCheck>()
  for (const { gate, checks } of Object.values(state.gates)) {
    for (const { id, title, judgement } of checks) {
      if (judgement.verdict !== 'waived') continue
      const recorded = state.waivers.findLast((waiver) => waiver.gate === gate && waiver.check === id)
      const person = judgement.why.startsWith('waived by ') ? recorded : undefined
      const by = person?.by ?? `the run sheet (${judgement.why.startsWith('observed only') ? 'observe' : 'requires'})`
      found.set(`${gate}/${id}`, { gate, check: title, reason: person?.reason ?? judgement.why, by })
    }
  }
  const unused = state.waivers.filter(({ gate, check }) => !found.has(`${gate}/${check}`))
  return [...found.values(), ...unused.map(({ gate, check, reason, by }) => ({ gate, check, reason, by }))]
}
