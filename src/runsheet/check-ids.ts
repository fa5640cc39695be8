import type { CheckSpec } from '../core/check.ts'
import { checkKind } from '../gates/registry.ts'
import { checkIdOf, unique } from './check-subject.ts'
import type { Salvage } from './salvage.ts'
import { isUse } from './sections/gates.ts'

/** Every name a check of the sheet goes by: `id`, `list/id`, and its title. */
export function checkIds(parts: Salvage): { readonly ids: readonly string[]; readonly titles: readonly string[] } {
  const lists = parts.gates.map((gate) => ({
    name: gate.name,
    checks: gate.item.flatMap(({ item }): readonly CheckSpec[] => (isUse(item) ? [] : [item])),
  }))
  const ids = lists.flatMap(({ name, checks }) => unique(checks.map(checkIdOf)).flatMap((id) => [id, `${name}/${id}`]))
  const titles = lists.flatMap(({ checks }) => checks.map((check) => checkKind(check.kind).title(check)))
  return { ids: [...new Set(ids)], titles }
}
