import { checkKind } from '../gates/registry.ts'
import type { Diagnostic } from './diagnostics.ts'
import type { Salvage } from './salvage.ts'
import { isUse } from './sections/gates.ts'
import type { YamlSource } from './yaml-source.ts'

/** Every list that leads back to itself, through `use:` or through a check that judges a list, shown where it starts. */
export function cycles(parts: Salvage, source: YamlSource): readonly Diagnostic[] {
  const links = new Map(parts.gates.map(({ name, item }) => [name, linksOf(item)]))
  const found: Diagnostic[] = []
  const reported = new Set<string>()
  for (const start of parts.gateIds) {
    const way = wayBack(start, links)
    if (way === null || way.some((name) => reported.has(name))) continue
    for (const name of way) reported.add(name)
    const link = links.get(start)?.find(({ to }) => to === (way[1] ?? start))
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

function linksOf(items: Salvage['gates'][number]['item']): readonly Link[] {
  return items.flatMap(({ index, item }) => {
    const to = isUse(item) ? item.use : checkKind(item.kind).uses(item)
    return to === null ? [] : [{ index, to }]
  })
}

/** The shortest way from a list back to it, or null: breadth first, each list once. */
function wayBack(start: string, links: ReadonlyMap<string, readonly Link[]>): readonly string[] | null {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  // The loop sees what is put into the queue while it runs.
  for (const list of queue) {
    for (const { to } of links.get(list) ?? []) {
      if (to === start) return wayTo(list, cameFrom)
      if (cameFrom.has(to)) continue
      cameFrom.set(to, list)
      queue.push(to)
    }
  }
  return null
}

function wayTo(list: string, cameFrom: ReadonlyMap<string, string>): readonly string[] {
  const way: string[] = []
  for (let at: string | undefined = list; at !== undefined; at = cameFrom.get(at)) way.unshift(at)
  return way
}
