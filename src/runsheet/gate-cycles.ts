import { checkKind } from '../gates/registry.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { Salvage } from './salvage.ts'
import { isUse } from './sections/gates.ts'
import type { YamlSource } from './yaml-source.ts'

/** Every list that leads back to itself, through `use:` or through a check that judges a list, shown where it starts. */
export function cycles(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const next = (name: string) => linksOf(parts, name)
  const found: Diagnostic[] = []
  const reported = new Set<string>()
  for (const start of parts.gateIds) {
    const way = wayBack(start, next)
    if (way === null || way.some((name) => reported.has(name))) continue
    for (const name of way) reported.add(name)
    const link = next(start).find(({ to }) => to === (way[1] ?? start))
    found.push({
      at: source.scalarAt(['gates', start, link?.index ?? 0], way[1] ?? start),
      label: 'use',
      message: `this list leads back to itself: ${[...way, start].join(' → ')}`,
      hint: 'take one of the links out',
    })
  }
  return found
}

type Link = { readonly index: number; readonly to: string }

function linksOf(parts: Salvage, name: string): readonly Link[] {
  const items = parts.gates.find((gate) => gate.name === name)?.item ?? []
  return items.flatMap(({ index, item }) => {
    const to = isUse(item) ? item.use : checkKind(item.kind).uses(item)
    return to === null ? [] : [{ index, to }]
  })
}

/** The shortest way from a list back to it, or null: breadth first, each list once. */
function wayBack(start: string, next: (name: string) => readonly Link[]): readonly string[] | null {
  const seen = new Set<string>()
  let ways: readonly (readonly string[])[] = [[start]]
  while (ways.length > 0) {
    const longer = ways.flatMap((way) => next(way.at(-1) ?? start).map(({ to }) => [...way, to]))
    const closed = longer.find((way) => way.at(-1) === start)
    if (closed) return closed.slice(0, -1)
    ways = longer.filter((way) => {
      const last = way.at(-1) ?? start
      if (seen.has(last)) return false
      seen.add(last)
      return true
    })
  }
  return null
}
