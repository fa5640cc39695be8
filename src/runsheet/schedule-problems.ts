import type { Diagnostic } from './diagnostics.ts'
import { valueIn } from './issues.ts'
import { parseLocal } from './local-time.ts'
import type { YamlSource } from './yaml-source.ts'

/** A freeze has to end after it began. */
export function scheduleProblems(value: unknown, source: YamlSource): readonly Diagnostic[] {
  const freezes = valueIn(value, ['freezes'])
  if (!Array.isArray(freezes)) return []
  return freezes.flatMap((freeze: unknown, index): readonly Diagnostic[] => {
    const time = (key: string) => parseLocal(String(valueIn(freeze, [key])))
    const [from, to] = [time('from'), time('to')]
    if (from === null || to === null || to > from) return []
    return [
      {
        at: source.valueAt(['freezes', index, 'to']),
        label: 'to',
        message: 'the freeze ends before it begins',
        hint: 'write a later time',
      },
    ]
  })
}
