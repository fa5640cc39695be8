import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '..', 'src')

/** Every file and package that importing a file loads at once: its static imports of values, and theirs. */
function loadedBy(entry: string, seen = new Set<string>()): ReadonlySet<string> {
  const path = join(src, entry)
  if (seen.has(entry)) return seen
  seen.add(entry)
  for (const [, from = ''] of readFileSync(path, 'utf8').matchAll(/^import (?!type)[^']*'([^']+)'/gm)) {
    if (from.startsWith('.')) loadedBy(join(dirname(entry), from), seen)
    else seen.add(from)
  }
  return seen
}

// What runs between the start of `launch rollback emergency` and its acknowledged write. The SDK comes on top, by itself.
test.each(['cli.ts', 'program.ts', 'commands/rollback-target.ts', 'compose/emergency.ts', 'engine/rollback.ts'])(
  '%s loads no schemas, no check kinds and no journal',
  (entry) => {
    const loaded = [...loadedBy(entry)]

    expect(loaded).toContain(entry)
    expect(
      loaded.filter((name) => name === 'zod' || name === 'execa' || /^(?:gates|journal|runsheet\/schema)/.test(name)),
    ).toEqual([])
  },
)

test('a file that does load schemas is seen as such', () => {
  expect([...loadedBy('engine/look.ts')]).toContain('zod')
})
