import { checkKind } from '../gates/registry.ts'
import { stepKind } from '../steps/registry.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { Salvage } from './salvage.ts'
import { isUse } from './sections/gates.ts'
import type { YamlSource } from './yaml-source.ts'

/** Checks of all phases together. A list that takes another one over twice doubles it: thirty such lists are a billion checks. */
const maxChecks = 2000

/** The first place where the lists of the phases, with all they take over, come to more than a launch can need. Takes no cycles. */
export function sizeProblems(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const sizeOf = sizesOf(parts)
  let total = 0
  for (const { index, item: phase } of parts.phases) {
    const path = ['phases', index]
    const steps = phase.run.flatMap(({ kind, spec }, step) => {
      const name = stepKind(kind).gate(spec)?.name
      return name === undefined ? [] : [{ name, at: () => source.scalarAt([...path, 'run', step], name) }]
    })
    const own = phase.gate === undefined ? [] : [{ name: phase.gate, at: () => source.valueAt([...path, 'gate']) }]
    for (const { name, at } of [...steps, ...own]) {
      total += sizeOf(name)
      if (total <= maxChecks) continue
      const message = `with the checks of "${name}" the phases come to more than ${maxChecks}`
      return [{ at: at(), label: 'gate', message, hint: 'take each list over once' }]
    }
  }
  return []
}

/** How many checks a list comes to, with what it takes over and what its checks judge. Each list is counted once. */
function sizesOf(parts: Salvage): (list: string) => number {
  const lists = new Map(parts.gates.map(({ name, item }) => [name, item]))
  const known = new Map<string, number>()
  const sizeOf = (list: string): number => {
    const before = known.get(list)
    if (before !== undefined) return before
    const sizes = (lists.get(list) ?? []).map(({ item }) => {
      if (isUse(item)) return sizeOf(item.use)
      const nested = checkKind(item.kind).uses(item)
      return 1 + (nested === null ? 0 : sizeOf(nested))
    })
    const size = sizes.reduce((sum, one) => sum + one, 0)
    known.set(list, size)
    return size
  }
  return sizeOf
}
