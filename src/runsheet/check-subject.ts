import type { CheckSpec, NeedScope } from '../core/check.ts'
import { checkKind } from '../gates/registry.ts'

/** A scope to ask needs in when only the names in them matter. */
const anyScope: NeedScope = { environment: { url: 'https://app.invalid', health: ['/'] }, phase: '' }
const common = new Set(['kind', 'id', 'title', 'owner', 'onFail', 'judge'])

/** Ids of the metrics a check asks for, whatever its kind. */
export function metricsOf(check: CheckSpec): readonly string[] {
  const ids = checkKind(check.kind)
    .needs(check, anyScope)
    .flatMap((need) => (need.need === 'series' || need.need === 'window' ? [need.metric] : []))
  return [...new Set(ids)]
}

/** `percentile-board-load`: the kind and what it looks at, stable as long as the check says the same. */
export function checkIdOf(check: CheckSpec): string {
  if (check.id !== undefined) return check.id
  const subject = metricsOf(check)[0] ?? firstText(check)
  return subject === '' ? check.kind : `${check.kind}-${subject}`
}

/** The first thing a check names: a role, a path, the last word of a command. */
function firstText(check: CheckSpec): string {
  for (const [field, value] of Object.entries(check)) {
    if (common.has(field)) continue
    const word: unknown = Array.isArray(value) ? value.at(-1) : value
    if (typeof word === 'string') return slug(word)
  }
  return ''
}

function slug(text: string): string {
  const words = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  return words.length <= 40 ? words : words.slice(0, 40).replace(/-[^-]*$/, '')
}

/** The same ids with a number behind those that came before. */
export function unique(ids: readonly string[]): readonly string[] {
  const taken = new Set<string>()
  return ids.map((id) => {
    let name = id
    for (let n = 2; taken.has(name); n += 1) name = `${id}-${n}`
    taken.add(name)
    return name
  })
}
