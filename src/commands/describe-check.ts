import type { SignalOf } from '../report/charts.ts'

/** What every check kind says its checks bound: the report draws that. Null for a kind this version does not know. */
export async function checkSignals(): Promise<SignalOf> {
  const { checkKinds } = await import('../gates/registry.ts')
  return ({ kind: name, spec }) => checkKinds.find(({ kind }) => kind === name)?.signal(spec) ?? null
}
