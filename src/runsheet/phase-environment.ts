/** The environment users are on: what changes it changes what users see. */
export const production = 'production'
const staging = 'staging'

/** Whose metrics and addresses a phase is about when it does not say: a phase called staging is about staging. */
export function phaseEnvironment(
  phase: { readonly id: string; readonly environment?: string | undefined },
  environments: readonly string[],
): string {
  return phase.environment ?? (phase.id === staging && environments.includes(staging) ? staging : production)
}
