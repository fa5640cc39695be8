import type { CheckSpec } from '../core/check.ts'
import type { SourcePosition } from '../core/errors.ts'
import type { PlannedCheck } from '../core/plan.ts'
import { checkKind } from '../gates/registry.ts'
import { checkIdOf, unique } from './check-subject.ts'
import { mapStrings } from './interpolate.ts'
import type { LoadedSheet } from './load.ts'
import { isUse } from './sections/gates.ts'

/** A check of a list as the sheet has it, with the decision matrix applied. */
type ListedCheck = { readonly spec: CheckSpec; readonly at: SourcePosition }

/** Where a list is judged; `live`: production has changed by then, so there is something to roll back. */
export type GatePlace = { readonly environment: string; readonly live: boolean }

/**
 * The checks of a list for one environment: `use` expanded, ids unique, `${environment}` filled in, the lists that checks
 * judge themselves (`uses`) inside. The loader made sure that every name exists and that no list leads back to itself.
 */
export function compileChecks(
  loaded: LoadedSheet,
  list: string,
  { environment, live }: GatePlace,
): readonly PlannedCheck[] {
  const listed = checksOf(loaded, list, live)
  const ids = unique(listed.map(({ spec }) => checkIdOf(spec)))
  return listed.map(({ spec, at }, index): PlannedCheck => {
    const kind = checkKind(spec.kind)
    // Only texts change, and only inside: the shape its kind parsed stays.
    const filled = mapStrings(spec, (text) => text.replaceAll('${environment}', environment)) as CheckSpec
    const nested = kind.uses(filled)
    const signOffs = kind.signOffs(filled)
    return {
      id: ids[index] ?? kind.kind,
      kind: kind.kind,
      title: kind.title(filled),
      spec: filled,
      nested: nested === null ? [] : compileChecks(loaded, nested, { environment, live }),
      at,
      ...(signOffs.length > 0 ? { signOffs } : {}),
    }
  })
}

function checksOf(loaded: LoadedSheet, list: string, live: boolean): readonly ListedCheck[] {
  const { sheet, source } = loaded
  const items = (Object.hasOwn(sheet.gates, list) ? sheet.gates[list] : undefined) ?? []
  const ids = unique(items.map((item) => (isUse(item) ? '' : checkIdOf(item))))
  return items.flatMap((item, index): readonly ListedCheck[] => {
    if (isUse(item)) return checksOf(loaded, item.use, live)
    const { file, line, col, length } = source.keyAt(['gates', list, index])
    const names = [ids[index] ?? '', `${list}/${ids[index]}`]
    return [{ spec: live ? decided(item, names, loaded) : item, at: { file, line, col, length } }]
  })
}

/** What the decision matrix says a fail of this check does, where the check itself says nothing. */
function decided(check: CheckSpec, names: readonly string[], { sheet }: LoadedSheet): CheckSpec {
  const row = sheet.rollback.matrix.find(({ checks }) =>
    checks.some((name) => names.includes(name) || name === checkKind(check.kind).title(check)),
  )
  if (!row?.onFail || check.onFail !== undefined) return check
  return {
    ...check,
    onFail: row.onFail,
    ...(row.persist === undefined ? {} : { persist: check.persist ?? row.persist }),
  }
}
