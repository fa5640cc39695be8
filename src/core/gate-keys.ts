/** Key of a stage's gate among the verdicts of a launch. */
export function stageKey(step: { readonly id: string }, percent: number): string {
  return `${step.id}@${percent}`
}

/** Key of the look at a canary's gate before anybody gets the new version: that of a stage of nobody. */
export function beforeKey(step: { readonly id: string }): string {
  return stageKey(step, 0)
}

/** Whether a look was one before a canary; a stage says its percent. */
export function isBeforeLook({ key, stage }: { readonly key: string; readonly stage: number | null }): boolean {
  return stage === null && key.endsWith('@0')
}

/** The name by which what the old version breaks before a canary is waived: for that look alone, not for the stages. */
export function beforeGate(gate: string): string {
  return `${gate}@0`
}
